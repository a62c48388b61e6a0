// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import { createNitroVendor } from "@strongroom/testing";
import {
  attempt,
  type Case,
  during,
  factsOf,
  full,
  registers,
  roots,
  tpm,
  usual,
  vendor,
} from "../__fixtures__/nitro-attempts.ts";
import { toNitroClaims } from "./appraise-nitro.ts";
import { nitroRoots, verifyNitro } from "./verify-nitro.ts";

describe("an attestation document", () => {
  it("is verified, with its tag and without", () => {
    expect(attempt()).toMatchObject({
      kind: "verified",
      claims: { isDebug: false, binding: "bound" },
    });
    const change = (document: Uint8Array) => concatBytes(Uint8Array.of(0xd2), document);
    expect(attempt({ change }).kind).toBe("verified");
  });

  it("of a NitroTPM is verified; its tier is that of a TPM", () => {
    expect(toNitroClaims(factsOf(tpm))).toMatchObject({
      "x-strongroom-nitro-kind": "tpm",
      "x-strongroom-nitro-instance-id": "i-0a",
      "x-strongroom-tier": "tpm",
    });
  });

  it("of an enclave claims what it says, and no instance where the module is of none", () => {
    const pcrs = registers([[0, new Uint8Array(48).fill(9)]]);
    expect(toNitroClaims(factsOf(pcrs))).toEqual({
      "x-ms-attestation-type": "nitro",
      "x-strongroom-class": "software",
      "x-strongroom-nitro-instance-id": "i-0123456789abcdef0",
      "x-strongroom-nitro-is-debuggable": true,
      "x-strongroom-nitro-kind": "enclave",
      "x-strongroom-nitro-module-id": "i-0123456789abcdef0-enc0123456789abcdef",
      "x-strongroom-nitro-pcrs": { "0": "09".repeat(48) },
      "x-strongroom-root": vendor.fingerprint,
      "x-strongroom-tier": "tee",
    });
    const other = toNitroClaims(factsOf({ fields: { module_id: "ai-0a-enc0b" } }));
    expect(other).not.toHaveProperty("x-strongroom-nitro-instance-id");
  });

  it("is valid from the first instant of its leaf to the last", () => {
    expect(attempt({ at: new Date("2026-06-01T00:00:00Z") }).kind).toBe("verified");
    expect(attempt({ at: new Date("2026-06-01T03:00:03Z") }).kind).toBe("verified");
  });

  it("has a chain as long as its root allows, and no longer", () => {
    const kindUnder = (pathLength: number) => {
      const { fingerprint, document } = createNitroVendor(undefined, { pathLength });
      return verifyNitro(
        document(),
        [{ name: "test", class: "software", fingerprint }],
        usual,
        during,
      );
    };
    expect(kindUnder(1).kind).toBe("verified");
    expect(kindUnder(0)).toMatchObject({
      class: "untrusted-chain",
      reason: expect.stringContaining("longer"),
    });
  });

  it("of a test vendor is refused under Amazon's root", () => {
    expect(verifyNitro(vendor.document(), nitroRoots, usual, during)).toMatchObject({
      class: "untrusted-chain",
    });
  });

  it("is bound to user data and public key where these are expected", () => {
    const fields = { user_data: utf8("data"), public_key: utf8("key") };
    const expected = { nonce: "unbound", userData: utf8("data"), publicKey: utf8("key") } as const;
    expect(attempt({ request: { fields }, expected }).kind).toBe("verified");
    for (const field of ["userData", "publicKey"] as const) {
      expect(attempt({ expected: { [field]: utf8("other") } })).toMatchObject({
        class: "binding-mismatch",
      });
    }
  });

  it.each<[string, string, Case]>([
    ["for another nonce", "binding-mismatch", { expected: { nonce: utf8("other") } }],
    ["without a nonce", "binding-mismatch", { request: { fields: { nonce: null } } }],
    [
      "signed by another key",
      "bad-signature",
      { request: { signer: generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey } },
    ],
    ["after its leaf has expired", "expired", { at: new Date("2026-06-01T03:00:04Z") }],
    ["before its leaf is valid", "expired", { at: new Date("2026-05-31T23:59:59Z") }],
    [
      "whose intermediate has expired",
      "expired",
      { request: { intermediate: { notAfter: new Date("2026-06-01T00:30:00Z") } } },
    ],
    [
      "whose issuers are in another order",
      "untrusted-chain",
      { request: { bundle: (all) => all.toReversed() } },
    ],
    [
      "whose issuers have a gap",
      "untrusted-chain",
      { request: { bundle: (all) => all.slice(0, 1) } },
    ],
    ["whose leaf is a CA", "untrusted-chain", { request: { leaf: { isCa: true } } }],
    ["whose leaf may not sign", "untrusted-chain", { request: { leaf: { usage: 0x04 } } }],
    [
      "whose intermediate is no CA",
      "untrusted-chain",
      { request: { intermediate: { isCa: false } } },
    ],
    [
      "whose intermediate may not sign certificates",
      "untrusted-chain",
      { request: { intermediate: { usage: 0x80 } } },
    ],
    [
      "whose leaf names another issuer",
      "untrusted-chain",
      { request: { leaf: { issuer: "another" } } },
    ],
    [
      "whose leaf was signed with SHA-256",
      "untrusted-chain",
      { request: { leaf: { hash: "sha256" } } },
    ],
    ["whose leaf is of P-256", "untrusted-chain", { request: { leaf: { curve: "P-256" } } }],
    [
      "whose leaf has a critical extension of unknown meaning",
      "untrusted-chain",
      { request: { leaf: { critical: true } } },
    ],
    [
      "with another algorithm",
      "malformed",
      { request: { protectedHeader: Uint8Array.of(0xa1, 1, 0x26) } },
    ],
    [
      "with headers that nobody signed",
      "malformed",
      { request: { unprotectedHeader: { pairs: [[4, 1]] } } },
    ],
    ["with a field twice", "malformed", { request: { extra: [["digest", "SHA384"]] } }],
    ["with a field of no meaning", "malformed", { request: { extra: [["other", 1]] } }],
    [
      "with both kinds of registers",
      "malformed",
      { request: { fields: { nitrotpm_pcrs: { pairs: full } } } },
    ],
    ["without registers", "malformed", { request: registers([]) }],
    ["with register 32", "malformed", { request: registers([[32, new Uint8Array(48)]]) }],
    ["with a short register", "malformed", { request: registers([[0, new Uint8Array(32)]]) }],
    ["with another digest", "malformed", { request: { fields: { digest: "SHA256" } } }],
    ["without a time", "malformed", { request: { fields: { timestamp: 0 } } }],
    ["without a module", "malformed", { request: { fields: { module_id: "" } } }],
    ["without issuers", "malformed", { request: { fields: { cabundle: [] } } }],
    [
      "with a long certificate",
      "malformed",
      { request: { fields: { certificate: new Uint8Array(1025) } } },
    ],
    [
      "with long user data",
      "malformed",
      { request: { fields: { user_data: new Uint8Array(1025) } } },
    ],
    ["with bytes after it", "malformed", { change: (one) => concatBytes(one, Uint8Array.of(0)) }],
    ["cut short", "malformed", { change: (one) => one.slice(0, -1) }],
  ])("is refused %s: %s", (_, refusal, changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("is refused with nothing but typed refusals, whatever byte is changed", () => {
    const document = vendor.document();
    for (let at = 0; at < document.length; at += 31) {
      const changed = document.map((byte, index) => (index === at ? byte ^ 0x41 : byte));
      expect(verifyNitro(changed, roots, usual, during).kind).toBe("refused");
    }
  });
});
