// SPDX-License-Identifier: Apache-2.0
/** Making and importing keys. */

import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import { importable } from "../importable-keys.ts";
import { nobody, officer, remove, signs } from "./clients.ts";

/** Their contract. */
export const creation: Readonly<Record<string, MethodContract>> = {
  createKey: {
    success: {
      name: "makes keys of every type, and says of them what is public",
      run: async () => {
        const at = new Date("2031-05-06T07:08:09Z");
        const made = await officer().createKey("create", "RSA", {
          ...{ tags: { a: "b" }, notBefore: new Date(1_000), expiresOn: at, enabled: true },
          keyOps: ["sign", "verify"],
        });
        expect(made).toMatchObject({
          ...{ name: "create", keyType: "RSA", keyOperations: ["sign", "verify"] },
          properties: { tags: { a: "b" }, expiresOn: at, recoverableDays: 90, hsmPlatform: "0" },
        });
        expect([made.key?.n?.length, made.key?.d]).toEqual([256, undefined]);
        for (const type of ["EC-HSM", "RSA-HSM", "oct-HSM", "EC", "oct"]) {
          expect((await officer().createKey(`create-${type}`, type)).keyType).toBe(type);
        }
      },
    },
    refusal: {
      name: "is refused for sizes, operations and types that are not there, and no role",
      run: async () => {
        const refused = (type: string, options: object) =>
          refusalOf(() => officer().createKey("bad", type, options));
        expect(await refused("RSA", { keySize: 1024 })).toBe("400 BadParameter");
        expect(await refused("RSA-HSM", { keySize: 8192 })).toBe("400 BadParameter");
        expect(await refused("EC", { curve: "P-192" })).toBe("400 BadParameter");
        expect(await refused("EC", { keyOps: ["encrypt"] })).toBe("400 BadParameter");
        expect(await refused("RSA", { keyOps: ["import"] })).toBe("400 BadParameter");
        expect(await refused("AKP-HSM", {})).toBe("400 BadParameter");
        expect(await refused("EC", { exportable: true })).toBe("400 BadParameter");
        expect(await refusalOf(() => nobody().createKey("create", "EC"))).toBe("403 Forbidden");
        expect(await refusalOf(() => officer().getKey("bad"))).toBe("404 KeyNotFound");
      },
    },
  },
  createEcKey: {
    success: {
      name: "makes a key on each curve, in software and in the HSM",
      run: async () => {
        for (const hsm of [false, true]) {
          for (const curve of ["P-256", "P-384", "P-521", "P-256K"]) {
            const made = await officer().createEcKey("ec", { curve, hsm });
            expect([made.key?.crv, made.keyType]).toEqual([curve, hsm ? "EC-HSM" : "EC"]);
          }
          expect(await signs(await officer().createEcKey("ec", { hsm }), "ES256")).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused for the name of a deleted key",
      run: async () => {
        await officer().createEcKey("taken");
        await remove("taken");
        expect(await refusalOf(() => officer().createEcKey("TAKEN"))).toBe("409 Conflict");
      },
    },
  },
  createRsaKey: {
    success: {
      name: "makes a key of each size, in software and in the HSM",
      run: async () => {
        for (const hsm of [false, true]) {
          for (const keySize of [2048, 3072, 4096]) {
            const made = await officer().createRsaKey("rsa", { keySize, hsm });
            expect([made.key?.n?.length, made.keyType]).toEqual([
              keySize / 8,
              hsm ? "RSA-HSM" : "RSA",
            ]);
          }
          expect(await signs(await officer().createRsaKey("rsa", { hsm }), "RS256")).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => nobody().createRsaKey("rsa"))).toBe("403 Forbidden");
      },
    },
  },
  createOctKey: {
    success: {
      name: "makes a key of each size and shows nothing of it",
      run: async () => {
        for (const hsm of [false, true]) {
          for (const keySize of [128, 192, 256]) {
            const made = await officer().createOctKey("oct", { keySize, hsm });
            expect([made.keyType, made.key?.k]).toEqual([hsm ? "oct-HSM" : "oct", undefined]);
          }
        }
      },
    },
    refusal: {
      name: "is refused for other sizes",
      run: async () => {
        expect(await refusalOf(() => officer().createOctKey("oct", { keySize: 512 }))).toBe(
          "400 BadParameter",
        );
      },
    },
  },
  importKey: {
    success: {
      name: "takes in keys into software and the HSM, which then are the same keys",
      run: async () => {
        for (const hardwareProtected of [false, true]) {
          for (const [name, { jwk, algorithm }] of Object.entries(importable())) {
            const imported = await officer().importKey(`import-${name}`, jwk, {
              hardwareProtected,
            });
            expect(imported.keyType).toBe(hardwareProtected ? `${jwk.kty}-HSM` : jwk.kty);
            expect(imported.key?.n ?? imported.key?.x).toEqual(jwk.n ?? jwk.x);
            expect(algorithm === undefined || (await signs(imported, algorithm))).toBe(true);
          }
        }
      },
    },
    refusal: {
      name: "is refused for keys whose parts do not belong together, and no role",
      run: async () => {
        const { ec, rsa, oct } = importable();
        const refused = (jwk: object) =>
          refusalOf(() => officer().importKey("import-bad", jwk as never));
        expect(await refused({ ...ec.jwk, d: importable().ec.jwk.d })).toBe("400 BadParameter");
        expect(await refused({ ...rsa.jwk, n: importable().rsa.jwk.n })).toBe("400 BadParameter");
        expect(await refused({ ...rsa.jwk, e: Buffer.from([2]) })).toBe("400 BadParameter");
        expect(await refused({ ...oct.jwk, k: Buffer.alloc(5) })).toBe("400 BadParameter");
        expect(await refusalOf(() => nobody().importKey("import-ec", ec.jwk))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
};
