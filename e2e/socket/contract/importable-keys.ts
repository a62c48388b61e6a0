// SPDX-License-Identifier: Apache-2.0
/** Fresh keys that were made elsewhere, as the vendor's client imports them. */

import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { JsonWebKey } from "@azure/keyvault-keys";
import { attestationIssuer } from "../fixtures/attestation-issuer.ts";

/** A key to import, with an algorithm that shows its two halves to belong together. */
export interface Importable {
  readonly jwk: JsonWebKey;
  readonly algorithm?: "ES256" | "RS256";
}

/** One of each kind. */
export function importable(): Readonly<Record<"ec" | "rsa" | "oct", Importable>> {
  const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  return {
    ec: { jwk: jwkOf(ec, { kty: "EC", crv: "P-256" }), algorithm: "ES256" },
    rsa: { jwk: jwkOf(rsa, { kty: "RSA" }), algorithm: "RS256" },
    oct: { jwk: { kty: "oct", k: randomBytes(32) } },
  };
}

/** A release policy, as the vendor's client takes it. */
export function policyData(claim: string): Uint8Array {
  const policy = {
    version: "1.0.0",
    anyOf: [{ authority: "https://issuer.example", allOf: [{ claim, equals: "x" }] }],
  };
  return Buffer.from(JSON.stringify(policy));
}

/** A release policy that one kind of environment of the other authority meets. */
export function releasePolicyFor(attestationType: string): Uint8Array {
  const claim = { claim: "x-ms-attestation-type", equals: attestationType };
  const policy = { version: "1.0.0", anyOf: [{ authority: attestationIssuer, allOf: [claim] }] };
  return Buffer.from(JSON.stringify(policy));
}

function jwkOf(key: KeyObject, kind: JsonWebKey): JsonWebKey {
  const exported: Readonly<Record<string, unknown>> = { ...key.export({ format: "jwk" }) };
  const bytes = Object.entries(exported)
    .filter(([name]) => !["kty", "crv"].includes(name))
    .map(([name, value]) => [name, new Uint8Array(Buffer.from(String(value), "base64url"))]);
  return { ...kind, ...Object.fromEntries(bytes) };
}
