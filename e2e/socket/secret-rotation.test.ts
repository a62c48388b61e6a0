// SPDX-License-Identifier: Apache-2.0
/** Rotation of secrets at the socket: the policy's routes, and a rotation that somebody asks for. */

import { describe, expect, it } from "@jest/globals";
import type { Answer } from "./fixtures/exchange.ts";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { roleOf, rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { useVault } from "./fixtures/use-vault.ts";

const query = "?api-version=7.6";
const policyOf = (name: string) => `/strongroom/v1/secrets/${name}/rotationpolicy`;

describe("a secret's rotation", () => {
  const shop = useVault("shop", (installation) => ({
    roleAssignments: [
      ...rolesOfOfficer(installation),
      roleOf(installation, "user", { role: "Key Vault Secrets User" }),
    ],
  }));
  const storeFile = () => shop.installation.folders.storeFile;
  const call = async (
    method: string,
    path: string,
    body?: object,
    subject = "officer",
  ): Promise<Answer> =>
    await shop.installation.send({
      ...{ serverName: hostOf("shop"), method, path, body },
      token: await shop.installation.oidc.token(subject),
    });
  const read = async (name: string) => (await call("GET", `/secrets/${name}${query}`)).body.value;

  it("has a policy that says when it is due, and makes a value of its own when it is asked to", async () => {
    await call("PUT", `/secrets/db${query}`, { value: "by hand", tags: { a: "b" } });
    const generate = { length: 20, encoding: "alphanumeric" };
    const put = await call("PUT", policyOf("DB"), { interval: "P30D", generate });
    expect(put.status).toBe(200);
    const secret = await call("GET", `/secrets/db${query}`);
    expect(put.body).toMatchObject({ interval: "P30D", generate });
    expect(put.body.due).toBe(secret.body.attributes.created + 30 * 86_400);
    expect((await call("GET", policyOf("db"), undefined, "user")).body).toEqual(put.body);

    const rotated = await call("POST", "/strongroom/v1/secrets/db/rotate");
    expect([rotated.status, rotated.body.tags]).toEqual([200, { a: "b" }]);
    expect(rotated.text).not.toContain("value");
    expect(await read("db")).toMatch(/^[A-Za-z0-9]{20}$/);

    expect((await call("DELETE", policyOf("db"))).status).toBe(204);
    await expectRefused(storeFile(), () => call("GET", policyOf("db")), {
      ...{ code: "NotFound", operation: "SecretRotationPolicyGet" },
    });
  });

  it("is not replaced where no policy says how", async () => {
    await call("PUT", `/secrets/plain${query}`, { value: "x" });
    await expectRefused(storeFile(), () => call("POST", "/strongroom/v1/secrets/plain/rotate"), {
      ...{ code: "NotFound", operation: "SecretRotate" },
    });
    expect(await read("plain")).toBe("x");
  });

  it("is not for who may only read, for names that are not there, or for intervals out of bounds", async () => {
    const policy = { interval: "P30D", generate: {} };
    await expectRefused(storeFile(), () => call("PUT", policyOf("db"), policy, "user"), {
      ...{ code: "Forbidden", operation: "SecretRotationPolicySet" },
    });
    await expectRefused(storeFile(), () => call("PUT", policyOf("never"), policy), {
      ...{ code: "NotFound", operation: "SecretRotationPolicySet" },
    });
    for (const interval of ["PT1M", "P20Y", "monthly"]) {
      expect((await call("PUT", policyOf("db"), { ...policy, interval })).status).toBe(400);
    }
    await expectRefused(
      storeFile(),
      () => call("POST", "/strongroom/v1/secrets/db/rotate", undefined, "user"),
      { code: "Forbidden", operation: "SecretRotate" },
    );
  });
});
