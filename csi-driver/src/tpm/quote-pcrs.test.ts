// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { verifyTpmQuote } from "@strongroom/attestation";
import { sha256, silentLog, toHex } from "@strongroom/core";
import { hasSwtpm, type Swtpm, startSwtpm } from "@strongroom/testing";
import { extendPcr } from "./__fixtures__/raw-commands.ts";
import { challenge, collectorOf, enrol, loaded, verified } from "./__fixtures__/verifier.ts";
import { createTpmCollector } from "./create-tpm-collector.ts";
import type { TpmTransport } from "./tpm-transport.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;

withSwtpm("a quote with its PCR values", () => {
  let swtpm: Swtpm;
  beforeAll(async () => {
    swtpm = await startSwtpm();
  });
  afterAll(async () => {
    await swtpm[Symbol.asyncDispose]();
  });

  it("quotes all 24 registers, more than a TPM reads at once", async () => {
    const { akName } = await enrol(swtpm);
    const all = Array.from({ length: 24 }, (_, index) => index);
    const claims = await verified(swtpm, akName, all);
    expect(Object.keys(claims.pcrs["sha256"] ?? {})).toHaveLength(24);
  });

  it("shows in its claims what a register was extended with", async () => {
    const { transport } = collectorOf(swtpm);
    const { akName } = await enrol(swtpm);
    const before = (await verified(swtpm, akName, [8])).pcrs["sha256"]?.["8"] ?? "";
    const digest = sha256(new Uint8Array([2]));
    await transport.use((channel) => extendPcr(channel, 8, digest));
    const after = (await verified(swtpm, akName, [8])).pcrs["sha256"]?.["8"];
    expect(after).toBe(toHex(sha256(new Uint8Array(Buffer.from(before, "hex")), digest)));
  });

  it("reads values again when a register is extended between reading and quoting", async () => {
    const { transport } = collectorOf(swtpm);
    let isFirstQuote = true;
    const racing: TpmTransport = {
      isResourceManaged: false,
      use: (work) =>
        transport.use((channel) =>
          work({
            transact: async (command) => {
              const isQuote = command[8] === 0x01 && command[9] === 0x58;
              if (isQuote && isFirstQuote) {
                isFirstQuote = false;
                await extendPcr(channel, 9, sha256());
              }
              return await channel.transact(command);
            },
          }),
        ),
    };
    const collector = createTpmCollector({ transport: racing, log: silentLog });
    const { akName } = await enrol(swtpm);
    const evidence = await collector.quote(challenge, [9]);
    expect(isFirstQuote).toBe(false);
    expect(evidence.pcrs["9"]).toBe(toHex(sha256(new Uint8Array(32), sha256())));
    expect(
      verifyTpmQuote(
        { ...evidence, pcrs: { sha256: evidence.pcrs } },
        { akName, extraData: challenge, requiredPcrs: "unbound" },
      ).kind,
    ).toBe("verified");
  });

  it("gives up, as TpmFailed, on registers that never stand still", async () => {
    const { transport } = collectorOf(swtpm);
    const racing: TpmTransport = {
      isResourceManaged: false,
      use: (work) =>
        transport.use((channel) =>
          work({
            transact: async (command) => {
              if (command[8] === 0x01 && command[9] === 0x58) {
                await extendPcr(channel, 10, sha256());
              }
              return await channel.transact(command);
            },
          }),
        ),
    };
    const collector = createTpmCollector({ transport: racing, log: silentLog });
    await expect(collector.quote(challenge, [10])).rejects.toMatchObject({ code: "TpmFailed" });
    expect(await loaded(transport)).toEqual([]);
  });

  it("refuses registers that are none", async () => {
    const { collector } = collectorOf(swtpm);
    for (const pcrs of [[], [24], [-1], [0.5]]) {
      await expect(collector.quote(challenge, pcrs)).rejects.toMatchObject({
        code: "BadParameter",
      });
    }
  });
});
