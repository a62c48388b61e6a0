// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { FoundSecret } from "../../secrets/read-secret.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { secretItem } from "./secret-wire.ts";
import { spellSecret } from "./spell-secret.ts";

const vault: Vault = {
  ...{ uid: "v", name: "v", namespace: "n", hosts: ["v.example"], domains: [] },
  ...{ protection: "Software", release: "Allowed", retentionDays: 90, purgeProtection: false },
  ...{ generation: 1, created: 0, deleted: null },
};
const object: FoundSecret["object"] = {
  ...{ name: "Db", current: "1", count: 1, created: 1, updated: 2, deleted: null, governed: [] },
  ...{ owner: null, managed: false, deletedVersions: 0, purged: null },
};
const version: FoundSecret["version"] = {
  ...{ version: "1", created: 1, updated: 2, enabled: true, tags: { a: 'quoted "b"' } },
  contentType: "text/plain",
};
const found: FoundSecret = { object, version, key: { scope: "v", id: "version/secrets/db/1" } };
const origin = "https://v.example";

const expected = (at: string, of: Vault, what: FoundSecret, value: string) =>
  JSON.stringify({ value, ...secretItem(at, of, what) });

describe("the answer to GetSecret", () => {
  it("is the bundle in JSON, whatever characters the value has", () => {
    for (const value of ["x", "", 'a "quoted" \\ one', "line\nbreak \u2028", "\u{1f511} ключ"]) {
      const text = spellSecret(origin, vault, found, value);
      expect(text).toBe(expected(origin, vault, found, value));
      expect(JSON.parse(text)).toMatchObject({ value, tags: version.tags });
    }
  });

  it("is spelt anew where the host, the vault, the object or the version is another", () => {
    const others: readonly [string, Vault, FoundSecret][] = [
      ["https://other.example:8443", vault, found],
      [origin, { ...vault, purgeProtection: true }, found],
      [origin, vault, { ...found, object: { ...object, managed: true } }],
      [origin, vault, { ...found, version: { ...version, enabled: false } }],
    ];
    for (const [at, of, what] of others) {
      const first = spellSecret(origin, vault, found, "x");
      const text = spellSecret(at, of, what, "x");
      expect(text).toBe(expected(at, of, what, "x"));
      expect(text).not.toBe(first);
    }
  });
});
