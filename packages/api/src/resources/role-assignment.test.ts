// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { roleAssignmentSchema } from "./role-assignment.ts";
import { secretVaultSpecSchema } from "./secret-vault.ts";

const docs = join(import.meta.dirname, "../../../../docs");
const oidc = { issuer: "https://issuer.example", subject: "alice" };
const assignment = (change: object) => ({
  ...{ role: "Key Vault Reader", principals: [{ oidc }] },
  ...change,
});
const isAccepted = (change: object) => roleAssignmentSchema.safeParse(assignment(change)).success;

describe("a role assignment", () => {
  it("is about the whole vault unless it says otherwise", () => {
    expect(roleAssignmentSchema.parse(assignment({})).scope).toBe("*");
  });

  it.each([
    [{ scope: "/" }, true],
    [{ scope: "keys" }, true],
    [{ scope: "/keys/app-*" }, true],
    [{ scope: "certificates/web" }, true],
    [{ scope: "storage/web" }, false],
    [{ scope: "keys/" }, false],
    [{ scope: "keys/a/b" }, false],
    [{ role: "Managed HSM Crypto User" }, true],
    [{ role: "Owner" }, false],
    [{ delegable: ["Key Vault Secrets User"] }, true],
    [{ delegable: ["Owner"] }, false],
    [{ conditions: { sourceRanges: ["10.0.0.0/8", "2001:db8::1"] } }, true],
    [{ conditions: { sourceRanges: ["10.0.0.1/8"] } }, false],
    [{ conditions: { sourceRanges: [] } }, false],
    [{ conditions: { sourceRanges: ["example.com"] } }, false],
    [{ conditions: { notAfter: "2027-01-01T00:00:00+01:00" } }, true],
    [{ conditions: { notAfter: "tomorrow" } }, false],
    [{ principals: [{ oidc, serviceAccount: { name: "app" } }] }, false],
    [{ principals: [{ serviceAccount: { name: "app", uid: "3f1c" } }] }, true],
    [{ principals: [] }, false],
  ])("with %j is accepted: %s", (change, expected) => {
    expect(isAccepted(change)).toBe(expected);
  });

  it("of every documented example is accepted", async () => {
    const page = await readFile(join(docs, "give-access.md"), "utf8");
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) =>
      parse(text),
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const { spec } of examples) {
      expect(secretVaultSpecSchema.parse(spec).roleAssignments.length).toBe(4);
    }
  });
});
