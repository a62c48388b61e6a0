// SPDX-License-Identifier: Apache-2.0
/** Vaults, clients and another attestation authority, for the contract of `@azure/keyvault-keys`' KeyClient. */

import { createHash, createPublicKey, verify } from "node:crypto";
import type { KeyClient, KeyVaultKey } from "@azure/keyvault-keys";
import { afterAll, beforeAll } from "@jest/globals";
import {
  type AttestationIssuer,
  makeAttestationIssuer,
} from "../../fixtures/attestation-issuer.ts";
import { type AzureVaults, startAzureVaults } from "../azure-vault.ts";
import { keyClients } from "../key-clients.ts";

let vaults: AzureVaults;
let other: AttestationIssuer;

/** Has the vaults started before the tests of a file, and stopped after them. */
export function useVaults(): void {
  beforeAll(async () => {
    other = await makeAttestationIssuer();
    vaults = await startAzureVaults(
      {
        protected: { softDelete: { retentionDays: 7, purgeProtection: true } },
        other: {},
      },
      { externalIssuers: [other.configuration()] },
    );
  });
  afterAll(async () => {
    await vaults[Symbol.asyncDispose]();
  });
}

const { keys, ...others } = keyClients(() => vaults);

/** Clients for operations, by who asks; and how a key is deleted. */
export const { cryptography, remove } = others;
/** The client of who may do everything. */
export const officer = (vault?: string): KeyClient => keys("officer", vault);
/** The client of who may do nothing. */
export const nobody = (): KeyClient => keys("nobody");
/** The attestation authority. */
export const maa = (): AttestationIssuer => other;
/** What is signed. */
export const digest = createHash("sha256").update("message").digest();

/** A fresh key of three versions. */
export async function makeVersions(name: string): Promise<string[]> {
  const versions: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    versions.push((await officer().createEcKey(name)).properties.version ?? "");
  }
  return versions;
}

/** Whether the key's private half, in the vault, and the public one that it shows belong together. */
export async function signs(key: KeyVaultKey, algorithm: "ES256" | "RS256"): Promise<boolean> {
  const { result } = await cryptography("officer", key).sign(algorithm, digest);
  const encode = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("base64url");
  const { n, e, x, y } = key.key ?? {};
  const jwk =
    algorithm === "ES256"
      ? { kty: "EC", crv: "P-256", x: encode(x), y: encode(y) }
      : { kty: "RSA", n: encode(n), e: encode(e) };
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  return verify(
    "sha256",
    Buffer.from("message"),
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    result,
  );
}
