// SPDX-License-Identifier: Apache-2.0
/** Enrolment with every endorsement key that a TPM may have, on a software TPM that really makes them. */

import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type EndorsementParameters,
  makeCredential,
  parseTpmPublic,
  tpmPublicKey,
} from "@strongroom/attestation";
import { concatBytes, fromHex, toHex, u32be } from "@strongroom/core";
import { hasSwtpm, type Swtpm, startSwtpm } from "@strongroom/testing";
import { endorsementKeyOf, evict, removeNvIndex } from "./__fixtures__/raw-commands.ts";
import { collectorOf, enrol, loaded, secret } from "./__fixtures__/verifier.ts";
import { endorsementTemplates } from "./endorsement-templates.ts";
import { writeNvIndex } from "./nv-memory.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;

const small = { nameAlgorithm: "sha256", symmetricBits: 128 } as const;
const large = { nameAlgorithm: "sha384", symmetricBits: 256 } as const;
const rsa2048: EndorsementParameters = { type: "rsa", keyBits: 2048, ...small };
const rsa3072: EndorsementParameters = { type: "rsa", keyBits: 3072, ...large };
const p256: EndorsementParameters = { type: "ecc", curve: "P-256", ...small };
const p521: EndorsementParameters = {
  ...{ type: "ecc", curve: "P-521", nameAlgorithm: "sha512", symmetricBits: 256 },
};
const p384: EndorsementParameters = { type: "ecc", curve: "P-384", ...large };

/** What the software TPM's maker stored: certificates and keys of L-1 and H-3. */
const made = { certificates: [0x01c00002, 0x01c00016], keys: [0x81010001, 0x81010016] } as const;

async function expectEnrolment(swtpm: Swtpm, parameters: EndorsementParameters) {
  const { transport, collector } = collectorOf(swtpm);
  const { ek, akName } = await enrol(swtpm);
  expect(ek.ek.parameters).toEqual(parameters);
  const credential = makeCredential({ ekPublic: ek.ek, akName, secret });
  expect(toHex(await collector.activate(credential))).toBe(toHex(secret));
  expect(await loaded(transport)).toEqual([]);
  return ek.device;
}

withSwtpm("a TPM without a certificate of an RSA-2048 endorsement key", () => {
  let swtpm: Swtpm;
  beforeAll(async () => {
    swtpm = await startSwtpm();
    await collectorOf(swtpm).transport.use((channel) => removeNvIndex(channel, 0x01c00002));
  });
  afterAll(async () => {
    await swtpm[Symbol.asyncDispose]();
  });

  it("enrols by the P-384 key that its maker stored, and by the same one made of its template", async () => {
    const { transport } = collectorOf(swtpm);
    const stored = await expectEnrolment(swtpm, p384);
    for (const handle of made.keys) {
      await transport.use((channel) => evict(channel, handle));
    }
    expect(await expectEnrolment(swtpm, p384)).toBe(stored);
  });

  it.each<[string, number, EndorsementParameters, "low" | "high"]>([
    ["H-4, P-521", 0x01c00018, p521, "high"],
    ["H-6, RSA-3072", 0x01c0001c, rsa3072, "high"],
    ["H-2, P-256", 0x01c00014, p256, "high"],
    ["H-1, RSA-2048", 0x01c00012, rsa2048, "high"],
    ["L-2, P-256", 0x01c0000a, p256, "low"],
  ])(
    "enrols by a key of template %s, before those that are asked for later",
    async (_, index, key, range) => {
      const { transport } = collectorOf(swtpm);
      const template = endorsementTemplates(key).at(range === "low" ? 0 : -1) ?? new Uint8Array();
      if (index === 0x01c00018) {
        await transport.use((channel) => removeNvIndex(channel, 0x01c00016));
      }
      const area = await transport.use((channel) => endorsementKeyOf(channel, template));
      const certificate = await swtpm.certify(tpmPublicKey(parseTpmPublic(area)));
      await transport.use((channel) => writeNvIndex(channel, index, certificate));
      await expectEnrolment(swtpm, key);
    },
  );

  it("reads a certificate behind the header that older TPMs store it with", async () => {
    const { transport, collector } = collectorOf(swtpm);
    const [certificate = new Uint8Array()] = (await collector.identity()).ekCertificates;
    const size = Uint8Array.of(certificate.length >> 8, certificate.length & 0xff);
    const stored = concatBytes(fromHex("100100"), size, certificate, new Uint8Array(9).fill(0xff));
    await transport.use((channel) => writeNvIndex(channel, 0x01c00002, stored));
    const { ekCertificates } = await collector.identity();
    expect(ekCertificates.map(toHex)).toEqual([toHex(certificate)]);
  });
});

withSwtpm("a TPM without any endorsement certificate", () => {
  it("cannot enrol", async () => {
    await using swtpm = await startSwtpm();
    const { transport, collector } = collectorOf(swtpm);
    for (const index of made.certificates) {
      await transport.use((channel) => removeNvIndex(channel, index));
    }
    await expect(collector.identity()).rejects.toMatchObject({
      code: "TpmFailed",
      message: "the TPM holds no certificate of an endorsement key",
    });
  });
});

describe("the templates of endorsement keys", () => {
  // TPM 2.0 Part 3, sections 23.6 (PolicyOR) and 23.22 (PolicyAuthorizeNV).
  it.each([
    ["sha256", p256],
    ["sha384", p384],
  ] as const)("of the high range have PolicyA or PolicyC, by %s", (hash, key) => {
    const policyA = digest(hash, zeros(hash), u32be(0x151), fromHex("4000000b"));
    const withSecret = digest(hash, policyA);
    const template = toHex(endorsementTemplates(key).at(-1) ?? new Uint8Array());
    const policyC = policyCs[hash];
    const either = digest(hash, zeros(hash), u32be(0x171), withSecret, fromHex(policyC));
    expect(template).toContain(toHex(either));
  });
});

type Hash = "sha256" | "sha384";

const zeros = (hash: Hash) => new Uint8Array(hash === "sha256" ? 32 : 48);

function digest(hash: Hash, ...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHash(hash)
      .update(concatBytes(...parts))
      .digest(),
  );
}

/** PolicyC by hash: TCG EK Credential Profile 2.5, annex B.6.3. */
const policyCs = {
  sha256: "3767e2edd43ff45a3a7e1eaefcef78643dca964632e7aad82c673a30d8633fde",
  sha384:
    "d6032ce61f2fb3c240eb3cf6a33237ef2b6a16f4293c22b455e261cffd217ad5b4947c2d73e63005eed2dc2b3593d165",
} as const;
