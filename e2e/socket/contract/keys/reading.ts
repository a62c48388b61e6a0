// SPDX-License-Identifier: Apache-2.0
/** Reading keys and changing what is said of them. */

import { createPublicKey, verify } from "node:crypto";
import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import { policyData } from "../importable-keys.ts";
import { makeVersions, nobody, officer } from "./clients.ts";

/** Their contract. */
export const reading: Readonly<Record<string, MethodContract>> = {
  getKey: {
    success: {
      name: "answers the current version, an old one by its id, and a disabled one",
      run: async () => {
        const [first, , last] = await makeVersions("get");
        expect((await officer().getKey("GET")).properties.version).toBe(last);
        const old = await officer().getKey("get", { version: first ?? "" });
        expect(old.properties.version).toBe(first);
        await officer().updateKeyProperties("get", { enabled: false });
        expect((await officer().getKey("get")).properties.enabled).toBe(false);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getKey("never"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().getKey("get"))).toBe("403 Forbidden");
      },
    },
  },
  getKeyAttestation: {
    success: {
      name: "answers a statement about a key in the HSM that the release root stands behind",
      run: async () => {
        const key = await officer().createEcKey("attested", { hsm: true });
        const { attestation } = (await officer().getKeyAttestation("attested")).properties;
        const jws = Buffer.from(attestation?.publicKeyAttestation ?? [])
          .toString()
          .split(".");
        const payload = JSON.parse(Buffer.from(jws[1] ?? "", "base64url").toString());
        expect(payload).toMatchObject({ kid: key.id, type: "ec-p256", exportable: false });
        const pem = Buffer.from(attestation?.certificatePemFile ?? []).toString();
        const signer = createPublicKey(pem);
        const signature = Buffer.from(jws[2] ?? "", "base64url");
        const text = Buffer.from(`${jws[0]}.${jws[1]}`);
        expect(verify("sha256", text, { key: signer, dsaEncoding: "ieee-p1363" }, signature)).toBe(
          true,
        );
      },
    },
    refusal: {
      name: "is refused for a software key, and no role",
      run: async () => {
        await officer().createEcKey("not-attested");
        expect(await refusalOf(() => officer().getKeyAttestation("not-attested"))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().getKeyAttestation("attested"))).toBe("403 Forbidden");
      },
    },
  },
  updateKeyProperties: {
    success: {
      name: "changes what is said of a version, with and without naming it, and leaves the key as it is",
      run: async () => {
        const [first, , last] = await makeVersions("update");
        const expiresOn = new Date("2037-01-01T00:00:00Z");
        const updated = await officer().updateKeyProperties("update", first ?? "", {
          ...{ tags: { x: "y" }, expiresOn, keyOps: ["verify"] },
        });
        expect(updated).toMatchObject({
          ...{
            keyOperations: ["verify"],
            properties: { version: first, tags: { x: "y" }, expiresOn },
          },
        });
        const current = await officer().updateKeyProperties("update", { tags: { z: "1" } });
        expect(current.properties).toMatchObject({ version: last, tags: { z: "1" } });
      },
    },
    refusal: {
      name: "is refused for a version that is not there, a change of exportable, an immutable policy, and no role",
      run: async () => {
        const change = { enabled: false };
        const version = "0".repeat(32);
        expect(
          await refusalOf(() => officer().updateKeyProperties("update", version, change)),
        ).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().updateKeyProperties("update", change))).toBe(
          "403 Forbidden",
        );
        const releasePolicy = { encodedPolicy: policyData("one"), immutable: true };
        await officer().createRsaKey("immutable", { hsm: true, exportable: true, releasePolicy });
        expect(
          await refusalOf(() =>
            officer().updateKeyProperties("immutable", {
              releasePolicy: { encodedPolicy: policyData("two") },
            }),
          ),
        ).toBe("409 Conflict");
        expect((await officer().getKey("immutable")).properties).toMatchObject({
          ...{ exportable: true, releasePolicy: { immutable: true } },
        });
      },
    },
  },
};
