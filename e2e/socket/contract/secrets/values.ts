// SPDX-License-Identifier: Apache-2.0
/** Setting and reading values, and what is said of a version. */

import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import { deleteSecret, makeSecret, nobody, officer } from "./clients.ts";

/** Their contract. */
export const values: Readonly<Record<string, MethodContract>> = {
  setSecret: {
    success: {
      name: "answers the secret as it was set, and makes a new version each time",
      run: async () => {
        const at = new Date("2031-05-06T07:08:09Z");
        const set = await officer().setSecret("set", "välue", {
          ...{ contentType: "text/plain", tags: { a: "b" }, enabled: true },
          ...{ notBefore: at, expiresOn: at },
        });
        const again = await officer().setSecret("set", "other");
        expect(set).toMatchObject({
          ...{ name: "set", value: "välue" },
          properties: {
            ...{ contentType: "text/plain", tags: { a: "b" }, enabled: true, recoverableDays: 90 },
            ...{ notBefore: at, expiresOn: at, recoveryLevel: "Recoverable+Purgeable" },
          },
        });
        expect(again.properties.version).not.toBe(set.properties.version);
        expect(again.properties.tags).toEqual({});
        expect(again.properties.contentType).toBeUndefined();
      },
    },
    refusal: {
      name: "is refused for a bad name, too many tags, no role, and the name of a deleted secret",
      run: async () => {
        expect(await refusalOf(() => officer().setSecret("under_score", "x"))).toBe(
          "400 BadParameter",
        );
        const tags = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`t${i}`, "x"]));
        expect(await refusalOf(() => officer().setSecret("tags", "x", { tags }))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().setSecret("set", "x"))).toBe("403 Forbidden");
        await makeSecret("taken");
        await deleteSecret("taken");
        expect(await refusalOf(() => officer().setSecret("TAKEN", "x"))).toBe("409 Conflict");
      },
    },
  },
  getSecret: {
    success: {
      name: "answers the current version, an old one by its id, and one outside of its time",
      run: async () => {
        const [first] = await makeSecret("get");
        expect((await officer().getSecret("get")).value).toBe("three");
        expect((await officer().getSecret("GET", { version: first ?? "" })).value).toBe("one");
        await officer().setSecret("get", "expired", { expiresOn: new Date(1_000) });
        expect((await officer().getSecret("get")).value).toBe("expired");
      },
    },
    refusal: {
      name: "is refused for what is not there, what is disabled, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getSecret("never"))).toBe("404 SecretNotFound");
        await officer().setSecret("get-disabled", "x", { enabled: false });
        expect(await refusalOf(() => officer().getSecret("get-disabled"))).toBe("403 Forbidden");
        expect(await refusalOf(() => nobody().getSecret("get"))).toBe("403 Forbidden");
      },
    },
  },
  updateSecretProperties: {
    success: {
      name: "changes what is said of a version, and leaves its value and all other versions alone",
      run: async () => {
        const [first, , last] = await makeSecret("update");
        // The client sends no time after 2038 here: it cuts seconds to 32 bits.
        const expiresOn = new Date("2037-01-01T00:00:00Z");
        const updated = await officer().updateSecretProperties("update", first ?? "", {
          ...{ contentType: "application/json", tags: { x: "y" }, expiresOn },
        });
        expect(updated).toMatchObject({
          ...{ version: first, contentType: "application/json", tags: { x: "y" }, expiresOn },
        });
        const read = await officer().getSecret("update", { version: first ?? "" });
        expect([read.value, read.properties.tags]).toEqual(["one", { x: "y" }]);
        expect((await officer().getSecret("update")).properties).toMatchObject({
          ...{ version: last, tags: {} },
        });
        await officer().updateSecretProperties("update", last ?? "", { enabled: false });
        expect(await refusalOf(() => officer().getSecret("update"))).toBe("403 Forbidden");
        await officer().updateSecretProperties("update", "", { enabled: true });
        expect((await officer().getSecret("update")).value).toBe("three");
      },
    },
    refusal: {
      name: "is refused for a version that is not there, and no role",
      run: async () => {
        const version = "0".repeat(32);
        const change = { enabled: false };
        expect(
          await refusalOf(() => officer().updateSecretProperties("update", version, change)),
        ).toBe("404 SecretNotFound");
        expect(await refusalOf(() => nobody().updateSecretProperties("update", "", change))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
};
