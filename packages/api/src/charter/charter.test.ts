// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { canonicalJson, type JsonValue, toBase64url, utf8 } from "@strongroom/core";
import { type Charter, charterSchema } from "./charter.ts";
import { charterWarnings } from "./charter-warnings.ts";
import { orderSchema } from "./order.ts";
import { contentOf, readStatement } from "./statement.ts";

const newKey = () =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
const [key, other] = [newKey(), newKey()];
const authority = {
  name: "a",
  issuer: "https://i",
  roots: ["ab".repeat(32)],
  classes: ["hardware"],
};
const policy = {
  name: "p",
  selector: { kinds: ["secrets"], names: ["db-*"] },
  policy: { anyOf: [{ authority: "https://i", allOf: [{ claim: "c", equals: 1 }] }] },
};
const naming = (condition: object) => ({
  version: "1.0.0+strongroom.1",
  anyOf: [{ authority: "https://i", allOf: [condition] }],
});
const draft = {
  version: 1,
  vault: "0b8f3a30-6d3a-4c5e-9d0b-0c0c0c0c0c0c",
  serial: 1,
  expires: 2_000_000_000,
  onExpiry: "deny",
  signers: { threshold: 2, keys: [key, other] },
  authorities: [authority],
  roles: [{ role: "Key Vault Secrets User", principals: [{ serviceAccount: { name: "app" } }] }],
  policies: [policy],
};
const statement = (text: string) => ({ payload: toBase64url(utf8(text)), signatures: [] });

describe("a charter", () => {
  it("is read from canonical JSON, with its policies parsed and defaults filled in", () => {
    const text = new TextDecoder().decode(canonicalJson(draft as unknown as JsonValue));
    const charter = readStatement(statement(text), charterSchema);
    expect(charter.roles?.[0]?.scope).toBe("*");
    expect(charter.policies[0]?.policy.authorities[0]?.authority).toBe("https://i");
    expect(charter.authorities[0]).toMatchObject({ floors: {}, references: {} });
  });

  it.each([
    ["another order of members", JSON.stringify(draft)],
    ["spaces", JSON.stringify({ a: 1 }, null, 1)],
    ["a member twice", '{"a":1,"a":1}'],
    ["no JSON", "{"],
  ])("is refused in any other spelling: %s", (_, text) => {
    expect(() => contentOf(statement(text))).toThrow("no canonical JSON");
  });

  it.each([
    ["a member that is unknown", { more: 1 }],
    ["no serial", { serial: 0 }],
    ["no authority", { authorities: [] }],
    ["an authority without roots", { authorities: [{ ...authority, roots: [] }] }],
    ["two authorities of one name", { authorities: [authority, authority] }],
    ["two policies of one name", { policies: [policy, policy] }],
    ["a policy of an authority that it lacks", { policies: [{ ...policy, authorities: ["b"] }] }],
    ["a policy that is not understood", { policies: [{ ...policy, policy: {} }] }],
    [
      "a policy that resources could loosen, by a set of theirs",
      { policies: [{ ...policy, policy: naming({ claim: "c", reference: "images" }) }] },
    ],
    ["a signer twice", { signers: { threshold: 1, keys: [key, key] } }],
    ["more signers than there are", { signers: { threshold: 3, keys: [key, other] } }],
    ["a private key", { signers: { threshold: 1, keys: [{ ...key, d: "AAAA" }] } }],
    ["a point off its curve", { signers: { threshold: 1, keys: [{ ...key, x: key.y }] } }],
  ])("refuses %s", (_, change) => {
    expect(charterSchema.safeParse(draft).success).toBe(true);
    expect(charterSchema.safeParse({ ...draft, ...change }).success).toBe(false);
  });
});

describe("charterWarnings", () => {
  const charter = charterSchema.parse(draft);
  const daysBefore = (days: number) => new Date((draft.expires - days * 86_400) * 1_000);
  const warningsOf = (change: Partial<Charter>, days = 100) =>
    charterWarnings({ ...charter, ...change }, daysBefore(days)).join("\n");

  it("has none for a charter that says everything and lasts", () => {
    expect(warningsOf({})).toBe("");
  });

  it("announces the expiry, and says what comes then", () => {
    expect(warningsOf({}, 30)).toBe("");
    expect(warningsOf({}, 29.5)).toBe("the charter expires in 29 days, then everything is denied");
    expect(warningsOf({ onExpiry: "hold" }, 0)).toBe("the charter has expired: it goes on to hold");
  });

  it("names one signer, no roles, no policies and what is no hardware", () => {
    expect(warningsOf({ signers: { ...charter.signers, threshold: 1 } })).toContain("one signer");
    expect(warningsOf({ roles: undefined })).toContain("nothing of roles");
    expect(warningsOf({ policies: [] })).toContain("governs no object");
    const weak = charter.authorities.map((one) => ({ ...one, classes: ["software" as const] }));
    expect(warningsOf({ authorities: weak })).toContain("no hardware: software");
  });
});

describe("an order", () => {
  const order = {
    version: 1,
    vault: draft.vault,
    id: "0123456789abcdef",
    action: "purge",
    object: "secrets/db",
    expires: 2_000_000_000,
  };

  it.each([
    [{ object: "vault" }, true],
    [{ object: `keys/a/${"0".repeat(32)}` }, true],
    [{ object: "secrets" }, false],
    [{ object: "secrets/*" }, false],
    [{ action: "read" }, false],
    [{ policy: "p" }, false],
    [{ action: "ungovern" }, false],
    [{ action: "ungovern", policy: "p" }, true],
    [{ action: "ungovern", policy: "p", object: "vault" }, false],
  ])("with %j is right: %s", (change, isRight) => {
    expect(orderSchema.safeParse({ ...order, ...change }).success).toBe(isRight);
  });
});
