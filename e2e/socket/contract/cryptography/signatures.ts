// SPDX-License-Identifier: Apache-2.0
/** Signatures. */

import { randomBytes } from "node:crypto";
import type { KeyVaultKey } from "@azure/keyvault-keys";
import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import { curves, digestOf, first, made, nobody, officer, rsaSignatures } from "./clients.ts";

/** Their contract. */
export const signatures: Readonly<Record<string, MethodContract>> = {
  sign: {
    success: {
      name: "signs with every algorithm that the key has",
      run: async () => {
        for (const [key, algorithm, hash] of curves()) {
          const { result } = await officer(key).sign(algorithm, digestOf(hash));
          expect((await officer(key).verify(algorithm, digestOf(hash), result)).result).toBe(true);
        }
        for (const key of made().rsa) {
          for (const algorithm of rsaSignatures) {
            const digest = digestOf(`sha${algorithm.slice(2)}`);
            const { result } = await officer(key).sign(algorithm, digest);
            expect((await officer(key).verify(algorithm, digest, result)).result).toBe(true);
          }
        }
        for (const key of made().mac) {
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
        for (const key of made().ec) {
          expect(await sign(key, "ES256", digestOf("sha384"))).toBe("400 BadParameter");
          expect(await sign(key, "ES384", digestOf("sha384"))).toBe("400 BadParameter");
          expect(await sign(key, "RS256", digestOf("sha256"))).toBe("400 BadParameter");
          expect(await sign(key, "none", digestOf("sha256"))).toBe("400 BadParameter");
        }
        for (const key of made().rsa) {
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
        for (const [key, algorithm, hash] of curves()) {
          const { result } = await officer(key).sign(algorithm, digestOf(hash));
          result[7] = (result[7] ?? 0) ^ 1;
          expect((await officer(key).verify(algorithm, digestOf(hash), result)).result).toBe(false);
        }
        for (const key of made().mac) {
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
        for (const [key, algorithm, hash] of curves()) {
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
        for (const [key, algorithm, hash] of curves()) {
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
