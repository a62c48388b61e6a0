// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { sha256, toHex } from "@strongroom/core";
import { fromBER } from "asn1js";
import { type Extension, GeneralName, GeneralNames } from "pkijs";
import {
  basicConstraints,
  extension,
  issuerNamed,
  keyUsageBits,
  mintCertificate,
  purpose,
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
import { verifyEkCertificate } from "./verify-ek-certificate.ts";

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

const untrusted = refused("untrusted-chain");

describe("an endorsement certificate", () => {
  it("is verified up to a configured root, whose name, class and fingerprint it yields", () => {
    const { leaf, intermediate, root } = ekChain();
    const verdict = verifyEkCertificate([leaf, intermediate], trusting(root), at);
    const spki = new Uint8Array(rsaEk.publicKey.export({ type: "spki", format: "der" }));
    expect(verdict).toEqual({
      kind: "verified",
      claims: {
        root: { name: "test", class: "software", fingerprint: toHex(sha256(root)) },
        ek: {
          spki,
          parameters: { type: "rsa", keyBits: 2048, nameAlgorithm: "sha256", symmetricBits: 128 },
        },
        device: toHex(sha256(spki)),
        tpm: { manufacturer: "id:54455354", model: "model", version: "id:00010002" },
        revocation: "unbound",
      },
    });
  });

  it("is verified with the intermediate configured instead of sent", () => {
    const { leaf, intermediate, root } = ekChain();
    const trust = { ...trusting(root), intermediates: [intermediate] };
    expect(verifyEkCertificate([leaf], trust, at).kind).toBe("verified");
    expect(verifyEkCertificate([leaf], trusting(root), at)).toEqual(untrusted);
  });

  it("is verified with a P-256 key, whose usage is agreement", () => {
    const ek = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
    const leaf = [basicConstraints(false), keyUsageBits(0x08), purpose("2.23.133.8.1"), tpmSan];
    expect(verify({ ek, leaf })).toMatchObject({
      kind: "verified",
      claims: { ek: { parameters: { curve: "P-256", nameAlgorithm: "sha256" } } },
    });
    expect(verify({ ek })).toEqual(refused("untrusted-chain", "protecting keys"));
  });

  it("may leave its purpose to an issuer that has no other, and the TPM's name out with it", () => {
    const bare = [basicConstraints(false), keyUsageBits(0x20)];
    const ca = [basicConstraints(true), caUsage];
    const only = [...ca, purpose("2.23.133.8.1")];
    expect(verify({ leaf: bare, intermediate: only })).toMatchObject({
      ...{ kind: "verified", claims: { tpm: undefined } },
    });
    expect(verify({ leaf: [...bare, tpmSan], intermediate: only })).toMatchObject({
      ...{ kind: "verified", claims: { tpm: { model: "model" } } },
    });
    for (const intermediate of [
      ca,
      [...ca, purpose("2.5.29.37.0")],
      [...ca, purpose("2.23.133.8.1", "2.23.133.8.3")],
    ]) {
      const root = [...ca, purpose("2.23.133.8.1")];
      expect(verify({ leaf: bare, intermediate, root })).toEqual(
        refused("untrusted-chain", "not for this purpose"),
      );
    }
    const named = [...bare, purpose("2.23.133.8.1")];
    expect(verify({ leaf: named, intermediate: only })).toEqual(
      refused("malformed", "does not name one TPM"),
    );
  });

  it("is refused under a root that came with it but was not configured", () => {
    const { leaf, intermediate, root } = ekChain();
    const others = trusting(ekChain().root);
    expect(verifyEkCertificate([leaf, intermediate, root], others, at)).toEqual(untrusted);
    expect(verifyEkCertificate([leaf, intermediate, root], trusting(), at)).toEqual(untrusted);
  });

  it("is refused when an issuer has the right name and another key", () => {
    const { leaf, root } = ekChain();
    const { intermediate } = ekChain();
    expect(verifyEkCertificate([leaf, intermediate], trusting(root), at)).toEqual(untrusted);
  });

  it("is refused when it is itself the configured root, or self-signed", () => {
    const self = { ...rsaEk, ...issuerNamed("self") };
    const leaf = mintCertificate({
      ...{ subject: "self", publicKey: self.publicKey, issuer: self },
      extensions: leafExtensions,
    });
    expect(verifyEkCertificate([leaf], trusting(leaf), at)).toEqual(untrusted);
  });

  it.each([
    ["the leaf", { leafEnds: new Date("2026-12-31T00:00:00Z") }],
    ["the intermediate", { intermediateEnds: new Date("2026-12-31T00:00:00Z") }],
    ["the root", { rootEnds: new Date("2026-12-31T00:00:00Z") }],
  ])("is refused when %s has expired, and before it is valid", (_, changes) => {
    expect(verify(changes)).toEqual(refused("expired"));
    expect(verify({}, new Date("2025-12-31T00:00:00Z"))).toEqual(refused("expired"));
  });

  it("is refused as malformed for an empty chain, too long a chain, and arbitrary bytes", () => {
    const { leaf, root } = ekChain();
    const trust = trusting(root);
    for (const chain of [[], Array<Uint8Array>(7).fill(leaf), [new Uint8Array(3)]]) {
      expect(verifyEkCertificate(chain, trust, at)).toEqual(refused("malformed"));
    }
  });

  it("may have six certificates, one of which leads to the root that counts", () => {
    const { leaf, intermediate, root } = ekChain();
    const other = { name: "other", class: "hardware", certificates: [ekChain().root] } as const;
    const trust = { roots: [other, ...trusting(root).roots], intermediates: [] };
    const chain = [leaf, ...Array<Uint8Array>(5).fill(intermediate)];
    expect(verifyEkCertificate(chain, trust, at)).toMatchObject({
      claims: { root: { name: "test", fingerprint: toHex(sha256(root)) } },
    });
  });

  const [maker, model, version] = tpmAttributes;
  const dns = new GeneralName({ type: 2, value: "tpm.example" });
  const directory = (...attributes: (readonly [string, string])[]) =>
    new GeneralNames({
      schema: fromBER(tpmName(attributes).extnValue.valueBlock.valueHexView).result,
    }).names[0] as GeneralName;
  const named = (...names: GeneralName[]) =>
    extension("2.5.29.17", true, new GeneralNames({ names }).toSchema());
  const whole = directory(maker, model, version);

  it("may have other names beside the TPM's, of 128 characters at most", () => {
    const long = directory(maker, [model[0], "m".repeat(128)], version);
    for (const [names, found] of [
      [[dns, whole], "model"],
      [[long], "m".repeat(128)],
    ] as const) {
      expect(verify({ leaf: [...leafExtensions.slice(0, 3), named(...names)] })).toMatchObject({
        claims: { tpm: { model: found } },
      });
    }
  });

  it.each<[string, string, readonly Extension[]]>([
    ["no name at all", "does not name one TPM", []],
    ["another kind of name", "does not name one TPM", [named(dns)]],
    ["two TPMs", "does not name one TPM", [named(whole, whole)]],
    ["no version", "2.23.133.2.3 is not there once", [named(directory(maker, model))]],
    ["two makers", "2.23.133.2.1 is not", [named(directory(maker, maker, model, version))]],
    [
      "a model of 129 characters",
      "2.23.133.2.2 is not",
      [named(directory(maker, [model[0], "m".repeat(129)], version))],
    ],
  ])("is malformed with %s: %s", (_, reason, names) => {
    expect(verify({ leaf: [...leafExtensions.slice(0, 3), ...names] })).toEqual(
      refused("malformed", reason),
    );
  });

  it("never blames the evidence for a configured root that is no certificate", () => {
    expect(() => verifyEkCertificate([], trusting(new Uint8Array(3)), at)).toThrow(
      expect.objectContaining({ code: "BadParameter" }),
    );
  });
});
