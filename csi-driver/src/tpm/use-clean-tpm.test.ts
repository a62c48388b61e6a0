// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { makeCredential } from "@strongroom/attestation";
import { silentLog, toHex } from "@strongroom/core";
import { hasSwtpm, type Swtpm, startSwtpm } from "@strongroom/testing";
import { leaveKeyLoaded, leaveSessionLoaded } from "./__fixtures__/raw-commands.ts";
import { collectorOf, enrol, loaded, secret } from "./__fixtures__/verifier.ts";
import { execute } from "./execute.ts";
import { flushContext } from "./tpm-handles.ts";
import { useCleanTpm } from "./use-clean-tpm.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;

withSwtpm("a TPM with three slots", () => {
  let swtpm: Swtpm;
  beforeAll(async () => {
    swtpm = await startSwtpm();
  });
  afterAll(async () => {
    await swtpm[Symbol.asyncDispose]();
  });

  it("recovers when a killed client left every slot full", async () => {
    const { transport, collector } = collectorOf(swtpm);
    await transport.use(async (channel) => {
      for (let slot = 0; slot < 3; slot += 1) {
        await leaveKeyLoaded(channel);
        await leaveSessionLoaded(channel);
      }
      await expect(leaveKeyLoaded(channel)).rejects.toMatchObject({ code: "TpmFailed" });
    });
    expect(await loaded(transport)).toHaveLength(6);
    const { ek, akName } = await enrol(swtpm);
    const credential = makeCredential({ ekPublic: ek.ek, akName, secret });
    expect(toHex(await collector.activate(credential))).toBe(toHex(secret));
    expect(await loaded(transport)).toEqual([]);
  });

  it("leaves every slot empty when the TPM refuses", async () => {
    const { transport, collector } = collectorOf(swtpm);
    const { ek, akName } = await enrol(swtpm);
    const { credentialBlob, encryptedSecret } = makeCredential({ ekPublic: ek.ek, akName, secret });
    credentialBlob[credentialBlob.length - 1] = (credentialBlob.at(-1) ?? 0) ^ 1;
    await expect(collector.activate({ credentialBlob, encryptedSecret })).rejects.toMatchObject({
      code: "TpmFailed",
      message: expect.stringMatching(/0x[0-9a-f]+ to command 0x147/),
    });
    expect(await loaded(transport)).toEqual([]);
  });

  it("maps a refused command to TpmFailed with the response code", async () => {
    const { transport } = collectorOf(swtpm);
    const bogus = useCleanTpm({ transport, log: silentLog }, (channel) =>
      flushContext(channel, 0x80fffff0),
    );
    await expect(bogus).rejects.toMatchObject({
      code: "TpmFailed",
      message: "the TPM answered 0x1c4 to command 0x165",
    });
    const unknown = transport.use((channel) => execute(channel, { code: 0x1234 }));
    await expect(unknown).rejects.toMatchObject({ message: expect.stringContaining("0x143") });
  });
});
