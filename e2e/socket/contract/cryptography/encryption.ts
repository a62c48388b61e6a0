// SPDX-License-Identifier: Apache-2.0
/** Encrypting and wrapping. */

import { randomBytes } from "node:crypto";
import type { KeyVaultKey } from "@azure/keyvault-keys";
import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import { first, made, nobody, officer, text, wraps } from "./clients.ts";

/** Their contract. */
export const encryption: Readonly<Record<string, MethodContract>> = {
  encrypt: {
    success: {
      name: "encrypts with RSA, GCM and CBC, and GCM's initialisation vector is the vault's own",
      run: async () => {
        for (const key of made().rsa) {
          for (const algorithm of ["RSA-OAEP", "RSA-OAEP-256"] as const) {
            const { result } = await officer(key).encrypt({
              algorithm,
              plaintext: Buffer.from("x"),
            });
            const opened = await officer(key).decrypt({ algorithm, ciphertext: result });
            expect(text(opened.result)).toBe("x");
          }
        }
        for (const key of made().oct) {
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
        for (const key of made().oct) {
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
        for (const key of made().oct) {
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
        for (const key of made().oct) {
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
        for (const key of made().rsa) {
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
        for (const key of made().rsa) {
          for (const algorithm of ["RSA-OAEP", "RSA-OAEP-256"] as const) {
            const { result } = await officer(key).wrapKey(algorithm, secret);
            const opened = await officer(key).unwrapKey(algorithm, result);
            expect(Buffer.from(opened.result).equals(secret)).toBe(true);
          }
        }
        for (const key of made().oct) {
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
        for (const key of made().oct) {
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
        for (const key of made().oct) {
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
        const [software, hsm] = made().oct as [KeyVaultKey, KeyVaultKey];
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
};
