// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import * as asn1 from "asn1js";
import {
  basicConstraints,
  extension,
  keyUsageBits,
  purpose,
  rawExtension,
  tpmName,
} from "../__fixtures__/certificates.ts";
import {
  at,
  caUsage,
  type EkChainChanges,
  ekChain,
  leafExtensions,
  rsaEk,
  tpmAttributes,
  tpmSan,
  trusting,
} from "../__fixtures__/ek-chain.ts";
import { verifyEkCertificate } from "../ek/verify-ek-certificate.ts";

function verify(changes: EkChainChanges = {}, instant = at) {
  const { leaf, intermediate, root } = ekChain(changes);
  return verifyEkCertificate([leaf, intermediate], trusting(root), instant);
}

const refused = (refusal: string, reason?: string) =>
  expect.objectContaining({
    kind: "refused",
    class: refusal,
    ...(reason === undefined ? {} : { reason: expect.stringContaining(reason) }),
  });

const caBut = [basicConstraints(true), caUsage];

describe("10.1 item 15: X.509 is not taken loosely", () => {
  it.each<[string, EkChainChanges, string]>([
    [
      "a leaf that is a CA",
      { leaf: [basicConstraints(true), ...leafExtensions.slice(1)] },
      "is a CA",
    ],
    ["a leaf without the purpose", { leaf: [keyUsageBits(0x20), tpmSan] }, "purpose"],
    [
      "a leaf for another purpose",
      { leaf: [keyUsageBits(0x20), purpose("2.23.133.8.3"), tpmSan] },
      "purpose",
    ],
    [
      "a leaf that may only sign",
      { leaf: [keyUsageBits(0x80), purpose("2.23.133.8.1"), tpmSan] },
      "protecting keys",
    ],
    [
      "an unknown critical extension in the leaf",
      { leaf: [...leafExtensions, extension("1.2.3.4", true, new asn1.Null())] },
      "1.2.3.4",
    ],
    [
      "an unknown critical extension in an issuer",
      { intermediate: [...caBut, extension("1.2.3.4", true, new asn1.Null())] },
      "1.2.3.4",
    ],
    [
      "critical name constraints, which nobody evaluates",
      { root: [...caBut, extension("2.5.29.30", true, new asn1.Sequence())] },
      "2.5.29.30",
    ],
    ["a critical name of a TPM in an issuer", { intermediate: [...caBut, tpmSan] }, "2.5.29.17"],
    [
      "an issuer that is no CA",
      { intermediate: [basicConstraints(false), caUsage] },
      "may not sign",
    ],
    ["an issuer without basicConstraints", { intermediate: [caUsage] }, "may not sign"],
    [
      "an issuer without keyCertSign",
      { intermediate: [basicConstraints(true), keyUsageBits(0x02)] },
      "may not sign",
    ],
    ["an issuer without keyUsage", { intermediate: [basicConstraints(true)] }, "may not sign"],
    ["a root that is no CA", { root: [caUsage] }, "may not sign"],
    [
      "a path longer than the root allows",
      { root: [basicConstraints(true, 0), caUsage] },
      "longer than",
    ],
    [
      "an issuer for another purpose",
      { intermediate: [...caBut, purpose("1.3.6.1.5.5.7.3.1")] },
      "purpose",
    ],
  ])("refuses %s", (_, changes, reason) => {
    expect(verify(changes)).toEqual(refused("untrusted-chain", reason));
  });

  it("accepts a path as long as allowed, and extensions that may be ignored", () => {
    const changes = {
      root: [basicConstraints(true, 1), caUsage],
      intermediate: [basicConstraints(true, 0), caUsage, purpose("2.23.133.8.1")],
      leaf: [...leafExtensions, extension("1.2.3.4", false, new asn1.Null())],
    };
    expect(verify(changes).kind).toBe("verified");
  });

  it("refuses a leaf that does not name one TPM", () => {
    const bare = leafExtensions.slice(0, 3);
    const nameless = tpmName(tpmAttributes.slice(0, 2));
    const twice = tpmName([...tpmAttributes, ["2.23.133.2.2", "other"]]);
    expect(verify({ leaf: bare })).toEqual(refused("malformed"));
    expect(verify({ leaf: [...bare, nameless] })).toEqual(refused("malformed"));
    expect(verify({ leaf: [...bare, twice] })).toEqual(refused("malformed"));
  });

  it("refuses extensions in a certificate of a version that has none", () => {
    expect(verify({ leafVersion: 1 })).toEqual(refused("malformed", "version 3"));
  });

  it("refuses an extension whose value is BER and not DER", () => {
    const trueAsOne = rawExtension("2.5.29.19", new Uint8Array([0x30, 3, 1, 1, 1]));
    expect(verify({ intermediate: [trueAsOne, caUsage] })).toEqual(refused("malformed"));
  });

  it("refuses an extension that is there twice", () => {
    const twice = [...leafExtensions, purpose("2.23.133.8.1")];
    expect(verify({ leaf: twice })).toEqual(refused("malformed"));
  });

  it("refuses a certificate followed by anything, and one with a longer spelling of its length", () => {
    const { leaf, intermediate, root } = ekChain();
    const trailing = new Uint8Array([...leaf, 0]);
    const respelt = new Uint8Array([0x30, 0x83, 0, ...leaf.subarray(2)]);
    for (const der of [trailing, respelt]) {
      expect(verifyEkCertificate([der, intermediate], trusting(root), at)).toEqual(
        refused("malformed"),
      );
    }
  });

  it("refuses an RSA issuer below 2048 bits, and takes one of 2048", () => {
    const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength }).privateKey;
    expect(verify({ intermediateKey: rsa(2048) }).kind).toBe("verified");
    expect(verify({ intermediateKey: rsa(1024) })).toEqual(refused("untrusted-chain", "weak"));
  });

  it("refuses a signature over SHA-1, but that of a root with itself, which counts for nothing", () => {
    expect(verify({ leafHash: "sha1" })).toEqual(refused("untrusted-chain", "weak"));
    expect(verify({ intermediateHash: "sha1" })).toEqual(refused("untrusted-chain", "weak"));
    expect(verify({ rootHash: "sha1" }).kind).toBe("verified");
  });

  it("refuses a signature of RSASSA-PSS over SHA-1, which its algorithm's name does not tell", () => {
    const pss = { intermediateKey: rsaEk.privateKey, leafPadding: "pss" } as const;
    expect(verify({ ...pss, leafHash: "sha256" }).kind).toBe("verified");
    expect(verify({ ...pss, leafHash: "sha1" })).toEqual(refused("untrusted-chain", "weak"));
  });
});
