// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { fromHex, sha256, toHex } from "@strongroom/core";
import {
  basicConstraints,
  issuerNamed,
  keyUsageBits,
  mintCertificate,
  purpose,
} from "../__fixtures__/certificates.ts";
import { at, caUsage, tpmSan } from "../__fixtures__/ek-chain.ts";
import { findAttestationAnchors, keyFingerprint } from "./attestation-anchors.ts";

const root = { name: "test", class: "software", fingerprint: "00" } as const;

describe("an attestation key's certificate", () => {
  const ca = issuerNamed("test root");
  const ak = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
  const caCertificate = mintCertificate({
    ...{ subject: ca.subject, publicKey: ca.publicKey, issuer: ca },
    extensions: [basicConstraints(true), caUsage],
  });
  const roots = [{ ...root, fingerprint: toHex(sha256(caCertificate)) }];
  const leaf = (usage: number, ...more: readonly ReturnType<typeof purpose>[]) =>
    mintCertificate({
      ...{ subject: "ak", publicKey: ak, issuer: ca },
      extensions: [basicConstraints(false), keyUsageBits(usage), ...more],
    });

  it.each([
    ["with its purpose", leaf(0x80, purpose("2.23.133.8.3")), 1],
    ["with none, as Google issues them", leaf(0x80), 1],
    ["with another purpose", leaf(0x80, purpose("1.3.6.1.5.5.7.3.1")), 0],
    ["with a TPM's name, critical", leaf(0x80, tpmSan), 1],
    ["of a key that may not sign", leaf(0x20), 0],
    ["of a key that may sign certificates too", leaf(0x84), 0],
    ["that is no certificate", fromHex("3003020101"), 0],
  ])("anchors its key %s or not", (_, der, count) => {
    const { anchors } = findAttestationAnchors([der, caCertificate], roots, at);
    expect(anchors).toHaveLength(count);
    expect(anchors.every((one) => one.key.equals(ak) && one.root === roots[0])).toBe(true);
  });

  it("is looked for among 16", () => {
    const others = (count: number) => Array<Uint8Array>(count).fill(fromHex("3003020101"));
    const find = (count: number) =>
      findAttestationAnchors([leaf(0x80), ...others(count), caCertificate], roots, at).anchors;
    expect(find(14)).toHaveLength(1);
    expect(find(15)).toEqual([]);
  });

  it("has a key that is known by the digest of its bytes", () => {
    const spki = new Uint8Array(ak.export({ type: "spki", format: "der" }));
    expect(keyFingerprint(ak)).toBe(toHex(sha256(spki)));
  });

  it("anchors nothing without the root, under another, or when it has expired", () => {
    const certificates = [leaf(0x80), caCertificate];
    expect(findAttestationAnchors([leaf(0x80)], roots, at).refusals).toMatchObject([
      { class: "untrusted-chain" },
    ]);
    expect(findAttestationAnchors(certificates, [root], at).anchors).toEqual([]);
    expect(
      findAttestationAnchors(certificates, roots, new Date("2031-01-01")).refusals,
    ).toMatchObject([{ class: "expired" }]);
  });
});
