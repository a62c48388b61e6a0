// SPDX-License-Identifier: Apache-2.0
/** Vaults, clients and keys for the contract of `@azure/keyvault-keys`' CryptographyClient. */

import { createHash } from "node:crypto";
import type { KeyClient, KeyVaultKey } from "@azure/keyvault-keys";
import { afterAll, beforeAll } from "@jest/globals";
import { type AzureVaults, startAzureVaults } from "../azure-vault.ts";
import { keyClients } from "../key-clients.ts";

/** Keys that tests use, in software and in the HSM. */
type KeysMade = Readonly<Record<"ec" | "rsa" | "oct" | "mac", readonly KeyVaultKey[]>>;

let vaults: AzureVaults;
let keysMade: KeysMade;
let curvesMade: readonly (readonly [key: KeyVaultKey, algorithm: string, hash: string])[];

const { keys, cryptography } = keyClients(() => vaults);

/** Has the vaults started and the keys made before the tests of a file. */
export function useVaults(): void {
  beforeAll(async () => {
    vaults = await startAzureVaults();
    keysMade = await makeKeys(keys("officer"));
    curvesMade = await makeCurves(keys("officer"));
  }, 120_000);
  afterAll(async () => {
    await vaults[Symbol.asyncDispose]();
  });
}

async function makeKeys(officer: KeyClient): Promise<KeysMade> {
  const both = async (make: (hsm: boolean) => Promise<KeyVaultKey>) => [
    await make(false),
    await make(true),
  ];
  return {
    ec: await both((hsm) => officer.createEcKey(`ec-${hsm}`, { hsm })),
    rsa: await both((hsm) => officer.createRsaKey(`rsa-${hsm}`, { hsm })),
    oct: await both((hsm) => officer.createOctKey(`oct-${hsm}`, { hsm, keySize: 256 })),
    mac: await both((hsm) =>
      officer.createOctKey(`mac-${hsm}`, { hsm, keySize: 256, keyOps: ["sign", "verify"] }),
    ),
  };
}

async function makeCurves(officer: KeyClient): Promise<typeof curvesMade> {
  const algorithms = [
    ...[["P-256", "ES256", "sha256"] as const, ["P-384", "ES384", "sha384"] as const],
    ...[["P-521", "ES512", "sha512"] as const, ["P-256K", "ES256K", "sha256"] as const],
  ];
  return await Promise.all(
    algorithms.flatMap(([curve, algorithm, hash]) =>
      [false, true].map(async (hsm) => {
        const key = await officer.createEcKey(`${algorithm}-${hsm}`, { hsm, curve });
        return [key, algorithm, hash] as const;
      }),
    ),
  );
}

/** Keys of each family. */
export const made = (): KeysMade => keysMade;
/** A key of each curve, with the algorithm and the hash that belong to it. */
export const curves = (): typeof curvesMade => curvesMade;
/** Operations with a key as who may do everything. */
export const officer = (key: KeyVaultKey) => cryptography("officer", key.id ?? "");
/** Knows the key's id alone: the client may not read the key, and asks the vault for all. */
export const nobody = (key: KeyVaultKey) => cryptography("nobody", key.id ?? "");
/** The first key of a family, in software. */
export const first = (family: keyof KeysMade): KeyVaultKey => keysMade[family][0] as KeyVaultKey;
/** Bytes as text. */
export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
/** What is signed. */
export const digestOf = (hash: string) => createHash(hash).update("message").digest();
/** RSA's algorithms for signatures. */
export const rsaSignatures = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
/** Algorithms that wrap keys by AES. */
export const wraps = ["A256KW", "CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD"];
