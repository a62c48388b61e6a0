// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { makeCredential } from "@strongroom/attestation";
import { toHex } from "@strongroom/core";
import { hasSwtpm, type Swtpm, startSwtpm } from "@strongroom/testing";
import { challenge, collectorOf, enrol, secret, verified } from "./__fixtures__/verifier.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;

withSwtpm("a collector over a software TPM", () => {
  let swtpm: Swtpm;
  beforeAll(async () => {
    swtpm = await startSwtpm();
  });
  afterAll(async () => {
    await swtpm[Symbol.asyncDispose]();
  });

  it("proves who the TPM is, that its key is in it, and what it measured", async () => {
    const { collector } = collectorOf(swtpm);
    const { ek, akName } = await enrol(swtpm);
    expect(ek).toMatchObject({
      root: { name: "test", class: "software" },
      tpm: { model: "swtpm" },
    });
    const credential = makeCredential({ ekPublic: ek.ek, akName, secret });
    expect(toHex(await collector.activate(credential))).toBe(toHex(secret));
    const claims = await verified(swtpm, akName, [0, 7, 16]);
    expect(Object.keys(claims.pcrs["sha256"] ?? {})).toEqual(["0", "7", "16"]);
  });

  it("has the same keys after the TPM was killed and started again, on the same collector", async () => {
    const { collector } = collectorOf(swtpm);
    const before = await collector.identity();
    await swtpm.kill();
    await expect(collector.identity()).rejects.toMatchObject({ code: "TpmUnavailable" });
    await swtpm.start();
    const after = await collector.identity();
    expect(after).toEqual(before);
    const { akName } = await enrol(swtpm);
    expect(await verified(swtpm, akName, [0])).toHaveProperty("resetCount");
  });

  it("opens no credential that was made for another key of the same TPM", async () => {
    const { collector } = collectorOf(swtpm);
    const { ek, akName } = await enrol(swtpm);
    const otherName = akName.slice();
    otherName[5] = (otherName[5] ?? 0) ^ 1;
    const credential = makeCredential({ ekPublic: ek.ek, akName: otherName, secret });
    await expect(collector.activate(credential)).rejects.toMatchObject({ code: "TpmFailed" });
  });

  it("serves calls that come together, one after the other", async () => {
    const { collector } = collectorOf(swtpm);
    const [identity, ...quotes] = await Promise.all([
      collector.identity(),
      ...[1, 2, 3].map((index) => collector.quote(challenge, [index])),
    ]);
    expect(quotes.map(({ pcrs }) => Object.keys(pcrs))).toEqual([["1"], ["2"], ["3"]]);
    expect(quotes.every(({ akPublic }) => toHex(akPublic) === toHex(identity.akPublic))).toBe(true);
  });
});

withSwtpm("software TPMs of two nodes", () => {
  it("cannot open each other's credentials", async () => {
    await using one = await startSwtpm();
    await using two = await startSwtpm();
    const { ek, akName } = await enrol(one);
    const credential = makeCredential({ ekPublic: ek.ek, akName, secret });
    await expect(collectorOf(two).collector.activate(credential)).rejects.toMatchObject({
      code: "TpmFailed",
    });
    const other = await enrol(two);
    expect(other.ek.device).not.toBe(ek.device);
    expect(toHex(other.akName)).not.toBe(toHex(akName));
    await expect(verified(two, akName, [0])).rejects.toThrow("not the enrolled one");
  });
});
