// SPDX-License-Identifier: Apache-2.0
/** Rotation and its policy. */

import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import { nobody, officer, signs } from "./clients.ts";

/** Their contract. */
export const rotation: Readonly<Record<string, MethodContract>> = {
  rotateKey: {
    success: {
      name: "makes another key of the same kind current, with the policy's life, and keeps the old one",
      run: async () => {
        const first = await officer().createRsaKey("rotate", { hsm: true, tags: { a: "b" } });
        await officer().updateKeyRotationPolicy("rotate", {
          lifetimeActions: [],
          expiresIn: "P30D",
        });
        const rotated = await officer().rotateKey("rotate");
        const { createdOn, expiresOn, tags } = rotated.properties;
        expect((expiresOn?.getTime() ?? 0) - (createdOn?.getTime() ?? 0)).toBe(30 * 86.4e6);
        expect([rotated.keyType, tags]).toEqual(["RSA-HSM", { a: "b" }]);
        expect(rotated.key?.n).not.toEqual(first.key?.n);
        expect([await signs(first, "RS256"), await signs(rotated, "RS256")]).toEqual([true, true]);
      },
    },
    refusal: {
      name: "is refused for a disabled key, for what is not there, and no role",
      run: async () => {
        await officer().createEcKey("rotate-disabled", { enabled: false });
        expect(await refusalOf(() => officer().rotateKey("rotate-disabled"))).toBe("403 Forbidden");
        expect(await refusalOf(() => officer().rotateKey("never"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().rotateKey("rotate"))).toBe("403 Forbidden");
      },
    },
  },
  updateKeyRotationPolicy: {
    success: {
      name: "answers the policy as it was set, with when that was",
      run: async () => {
        await officer().createEcKey("policy");
        const policy = await officer().updateKeyRotationPolicy("policy", {
          lifetimeActions: [
            { action: "Rotate", timeAfterCreate: "P7D" },
            { action: "Notify", timeBeforeExpiry: "P3D" },
          ],
          expiresIn: "P14D",
        });
        expect(policy).toMatchObject({
          expiresIn: "P14D",
          lifetimeActions: [
            { action: "Rotate", timeAfterCreate: "P7D" },
            { action: "Notify", timeBeforeExpiry: "P3D" },
          ],
        });
        expect(policy.createdOn).toBeInstanceOf(Date);
      },
    },
    refusal: {
      name: "is refused for what contradicts itself, and no role",
      run: async () => {
        const policy = {
          lifetimeActions: [{ action: "Rotate" as const, timeAfterCreate: "P30D" }],
          expiresIn: "P28D",
        };
        expect(await refusalOf(() => officer().updateKeyRotationPolicy("policy", policy))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().updateKeyRotationPolicy("policy", policy))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  getKeyRotationPolicy: {
    success: {
      name: "answers what was set, and an empty policy where nothing was",
      run: async () => {
        await officer().createEcKey("no-policy");
        expect((await officer().getKeyRotationPolicy("no-policy")).lifetimeActions).toEqual([]);
        await officer().updateKeyRotationPolicy("no-policy", {
          lifetimeActions: [{ action: "Rotate", timeAfterCreate: "P8D" }],
        });
        expect((await officer().getKeyRotationPolicy("no-policy")).lifetimeActions).toEqual([
          { action: "Rotate", timeAfterCreate: "P8D" },
        ]);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getKeyRotationPolicy("never"))).toBe(
          "404 KeyNotFound",
        );
        expect(await refusalOf(() => nobody().getKeyRotationPolicy("policy"))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
};
