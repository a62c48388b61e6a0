// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-keys`' CryptographyClient: software keys and keys in the HSM alike. */

import { createHash, randomBytes } from "node:crypto";
import { CryptographyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { type AzureVaults, startAzureVaults } from "./azure-vault.ts";
import { describeContract, type MethodContract, refusalOf } from "./contract.ts";
import { keyClients } from "./key-clients.ts";

let vaults: AzureVaults;
/** Keys that tests use, in software and in the HSM. */
let made: Readonly<Record<"ec" | "rsa" | "oct" | "mac", readonly KeyVaultKey[]>>;
let curves: readonly (readonly [KeyVaultKey, string, string])[];

const { keys, cryptography } = keyClients(() => vaults);

beforeAll(async () => {
  vaults = await startAzureVaults();
  const both = async (make: (hsm: boolean) => Promise<KeyVaultKey>) => [
    await make(false),
    await make(true),
  ];
  const officer = keys("officer");
  made = {
    ec: await both((hsm) => officer.createEcKey(`ec-${hsm}`, { hsm })),
    rsa: await both((hsm) => officer.createRsaKey(`rsa-${hsm}`, { hsm })),
    oct: await both((hsm) => officer.createOctKey(`oct-${hsm}`, { hsm, keySize: 256 })),
    mac: await both((hsm) =>
      officer.createOctKey(`mac-${hsm}`, { hsm, keySize: 256, keyOps: ["sign", "verify"] }),
    ),
  };
  const algorithms = [
    ...[["P-256", "ES256", "sha256"] as const, ["P-384", "ES384", "sha384"] as const],
    ...[["P-521", "ES512", "sha512"] as const, ["P-256K", "ES256K", "sha256"] as const],
  ];
  curves = (
    await Promise.all(
      algorithms.flatMap(([curve, algorithm, hash]) =>
        [false, true].map(async (hsm) => {
          const key = await officer.createEcKey(`${algorithm}-${hsm}`, { hsm, curve });
          return [key, algorithm, hash] as const;
        }),
      ),
    )
  ).slice();
}, 120_000);
afterAll(async () => {
  await vaults[Symbol.asyncDispose]();
});

const officer = (key: KeyVaultKey) => cryptography("officer", key.id ?? "");
/** Knows the key's id alone: the client may not read the key, and asks the vault for all. */
const nobody = (key: KeyVaultKey) => cryptography("nobody", key.id ?? "");
const first = (family: keyof typeof made): KeyVaultKey => made[family][0] as KeyVaultKey;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const digestOf = (hash: string) => createHash(hash).update("message").digest();
const rsaSignatures = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const wraps = ["A256KW", "CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD"];

const methods: Record<string, MethodContract> = {
  encrypt: {
    success: {
      name: "encrypts with RSA, GCM and CBC, and GCM's initialisation vector is the vault's own",
      run: async () => {
        for (const key of made.rsa) {
          for (const algorithm of ["RSA-OAEP", "RSA-OAEP-256"] as const) {
            const { result } = await officer(key).encrypt({
              algorithm,
              plaintext: Buffer.from("x"),
            });
            const opened = await officer(key).decrypt({ algorithm, ciphertext: result });
            expect(text(opened.result)).toBe("x");
          }
        }
        for (const key of made.oct) {
          const plaintext = Buffer.from("some words");
          const one = await officer(key).encrypt({ algorithm: "A256GCM", plaintext });
          const two = await officer(key).encrypt({ algorithm: "A256GCM", plaintext });
          expect(one.iv?.length).toBe(12);
          expect(one.iv).not.toEqual(two.iv);
          expect(one.authenticationTag?.length).toBe(16);
        }
      },
    },
    refusal: {
      name: "is refused for what the key does not do, an algorithm that no vault offers unasked, and no role",
      run: async () => {
        const plaintext = Buffer.from("x");
        const encrypt = (key: KeyVaultKey, algorithm: string) =>
          refusalOf(() => officer(key).encrypt({ algorithm, plaintext } as never));
        for (const key of made.oct) {
          expect(await encrypt(key, "A128GCM")).toBe("400 BadParameter");
          expect(await encrypt(key, "A256CBC")).toBe("400 BadParameter");
          expect(await encrypt(key, "A256KW")).toBe("400 BadParameter");
        }
        expect(
          await refusalOf(() => nobody(first("oct")).encrypt({ algorithm: "A256GCM", plaintext })),
        ).toBe("403 Forbidden");
      },
    },
  },
  decrypt: {
    success: {
      name: "gives back what was encrypted with GCM and its additional data, and with CBC",
      run: async () => {
        for (const key of made.oct) {
          const [plaintext, aad] = [randomBytes(48), randomBytes(5)];
          const sealed = await officer(key).encrypt({
            ...{ algorithm: "A256GCM", plaintext, additionalAuthenticatedData: aad },
          });
          const opened = await officer(key).decrypt({
            ...{
              algorithm: "A256GCM",
              ciphertext: sealed.result,
              additionalAuthenticatedData: aad,
            },
            ...{ iv: sealed.iv ?? aad, authenticationTag: sealed.authenticationTag ?? aad },
          });
          expect(Buffer.from(opened.result).equals(plaintext)).toBe(true);
          for (const algorithm of ["A256CBC", "A256CBCPAD"] as const) {
            const iv = randomBytes(16);
            const { result } = await officer(key).encrypt({ algorithm, plaintext, iv });
            const plain = await officer(key).decrypt({ algorithm, ciphertext: result, iv });
            expect(Buffer.from(plain.result).equals(plaintext)).toBe(true);
          }
        }
      },
    },
    refusal: {
      name: "is refused, always in the same words, for a ciphertext that was changed, and without a role",
      run: async () => {
        for (const key of made.oct) {
          const sealed = await officer(key).encrypt({
            algorithm: "A256GCM",
            plaintext: randomBytes(9),
          });
          const { iv = new Uint8Array(), authenticationTag = new Uint8Array() } = sealed;
          const ciphertext = Uint8Array.from(sealed.result, (byte) => byte ^ 1);
          const act = () =>
            officer(key).decrypt({ algorithm: "A256GCM", ciphertext, iv, authenticationTag });
          expect(await refusalOf(act)).toBe("400 BadParameter");
        }
        for (const key of made.rsa) {
          const ciphertext = randomBytes(256).fill(0, 0, 1);
          const act = () => officer(key).decrypt({ algorithm: "RSA-OAEP-256", ciphertext });
          expect(await refusalOf(act)).toBe("400 BadParameter");
        }
        const ciphertext = randomBytes(256);
        const act = () => nobody(first("rsa")).decrypt({ algorithm: "RSA-OAEP", ciphertext });
        expect(await refusalOf(act)).toBe("403 Forbidden");
      },
    },
  },
  wrapKey: {
    success: {
      name: "wraps a key with RSA and with AES",
      run: async () => {
        const secret = randomBytes(32);
        for (const key of made.rsa) {
          for (const algorithm of ["RSA-OAEP", "RSA-OAEP-256"] as const) {
            const { result } = await officer(key).wrapKey(algorithm, secret);
            const opened = await officer(key).unwrapKey(algorithm, result);
            expect(Buffer.from(opened.result).equals(secret)).toBe(true);
          }
        }
        for (const key of made.oct) {
          for (const algorithm of wraps) {
            const { result } = await officer(key).wrapKey(algorithm as never, secret);
            expect(result.length).toBe(40);
          }
        }
      },
    },
    refusal: {
      name: "is refused for what cannot be wrapped, and without a role",
      run: async () => {
        for (const key of made.oct) {
          const wrap = (algorithm: string, bytes: number) =>
            refusalOf(() => officer(key).wrapKey(algorithm as never, randomBytes(bytes)));
          expect(await wrap("A256KW", 15)).toBe("400 BadParameter");
          expect(await wrap("A128KW", 16)).toBe("400 BadParameter");
          expect(await wrap("A256GCM", 16)).toBe("400 BadParameter");
        }
        const act = () => nobody(first("oct")).wrapKey("A256KW", randomBytes(16));
        expect(await refusalOf(act)).toBe("403 Forbidden");
      },
    },
  },
  unwrapKey: {
    success: {
      name: "gives back what was wrapped",
      run: async () => {
        const secret = randomBytes(32);
        for (const key of made.oct) {
          for (const algorithm of wraps) {
            const { result } = await officer(key).wrapKey(algorithm as never, secret);
            const opened = await officer(key).unwrapKey(algorithm as never, result);
            expect(Buffer.from(opened.result).equals(secret)).toBe(true);
          }
        }
      },
    },
    refusal: {
      name: "is refused for what another key wrapped, and without a role",
      run: async () => {
        const [software, hsm] = made.oct as [KeyVaultKey, KeyVaultKey];
        const { result } = await officer(software).wrapKey("A256KW", randomBytes(32));
        expect(await refusalOf(() => officer(hsm).unwrapKey("A256KW", result))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody(hsm).unwrapKey("A256KW", result))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  sign: {
    success: {
      name: "signs with every algorithm that the key has",
      run: async () => {
        for (const [key, algorithm, hash] of curves) {
          const { result } = await officer(key).sign(algorithm, digestOf(hash));
          expect((await officer(key).verify(algorithm, digestOf(hash), result)).result).toBe(true);
        }
        for (const key of made.rsa) {
          for (const algorithm of rsaSignatures) {
            const digest = digestOf(`sha${algorithm.slice(2)}`);
            const { result } = await officer(key).sign(algorithm, digest);
            expect((await officer(key).verify(algorithm, digest, result)).result).toBe(true);
          }
        }
        for (const key of made.mac) {
          const { result } = await officer(key).sign("HS256", digestOf("sha256"));
          expect((await officer(key).verify("HS256", digestOf("sha256"), result)).result).toBe(
            true,
          );
        }
      },
    },
    refusal: {
      name: "is refused for a digest of another length, another key's algorithm, and no role",
      run: async () => {
        const sign = (key: KeyVaultKey, algorithm: string, digest: Uint8Array) =>
          refusalOf(() => officer(key).sign(algorithm, digest));
        for (const key of made.ec) {
          expect(await sign(key, "ES256", digestOf("sha384"))).toBe("400 BadParameter");
          expect(await sign(key, "ES384", digestOf("sha384"))).toBe("400 BadParameter");
          expect(await sign(key, "RS256", digestOf("sha256"))).toBe("400 BadParameter");
          expect(await sign(key, "none", digestOf("sha256"))).toBe("400 BadParameter");
        }
        for (const key of made.rsa) {
          expect(await sign(key, "RSNULL", digestOf("sha256"))).toBe("400 BadParameter");
        }
        const act = () => nobody(first("ec")).sign("ES256", digestOf("sha256"));
        expect(await refusalOf(act)).toBe("403 Forbidden");
      },
    },
  },
  verify: {
    success: {
      name: "says that a signature is not one, instead of refusing",
      run: async () => {
        for (const [key, algorithm, hash] of curves) {
          const { result } = await officer(key).sign(algorithm, digestOf(hash));
          result[7] = (result[7] ?? 0) ^ 1;
          expect((await officer(key).verify(algorithm, digestOf(hash), result)).result).toBe(false);
        }
        for (const key of made.mac) {
          const wrong = await officer(key).verify("HS256", digestOf("sha256"), randomBytes(32));
          expect(wrong.result).toBe(false);
        }
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        const act = () => nobody(first("ec")).verify("ES256", digestOf("sha256"), randomBytes(64));
        expect(await refusalOf(act)).toBe("403 Forbidden");
      },
    },
  },
  signData: {
    success: {
      name: "signs the digest of what it is given",
      run: async () => {
        for (const [key, algorithm, hash] of curves) {
          const { result } = await officer(key).signData(algorithm, Buffer.from("message"));
          expect((await officer(key).verify(algorithm, digestOf(hash), result)).result).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        const act = () => nobody(first("ec")).signData("ES256", Buffer.from("message"));
        expect(await refusalOf(act)).toBe("403 Forbidden");
      },
    },
  },
  verifyData: {
    success: {
      name: "verifies what was signed over the digest",
      run: async () => {
        for (const [key, algorithm, hash] of curves) {
          const { result } = await officer(key).sign(algorithm, digestOf(hash));
          const verified = await officer(key).verifyData(algorithm, Buffer.from("message"), result);
          expect(verified.result).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        const act = () =>
          nobody(first("ec")).verifyData("ES256", Buffer.from("m"), randomBytes(64));
        expect(await refusalOf(act)).toBe("403 Forbidden");
      },
    },
  },
};

const internal = [
  ...["disambiguateDecryptArguments", "disambiguateEncryptArguments", "ensureValid", "fetchKey"],
  ...["getKeyMaterial", "getProvider", "initializeIV"],
];

describeContract({ client: CryptographyClient, methods, internal });
