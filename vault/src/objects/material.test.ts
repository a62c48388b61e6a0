// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { type DeriveSubkey, deriveSubkey, fromUtf8, utf8 } from "@strongroom/core";
import type { Vault } from "../vaults/vault-record.ts";
import { openMaterial, sealMaterial } from "./material.ts";
import type { FoundVersion } from "./read-object.ts";

const kind = "secrets";
const version = "0".repeat(32);
const dataKey = randomBytes(32);

/** A sealed value of `vault`, which opens it as any name and counts how often a subkey is derived. */
async function makeOpener(protection: Vault["protection"]) {
  const vault = { uid: "vault-uid", protection } as Vault;
  const counted = { derived: 0 };
  const derive: DeriveSubkey = async (label, context) => {
    counted.derived += 1;
    return deriveSubkey(dataKey, label, context);
  };
  const { keyId, sealed } = await sealMaterial(
    derive,
    vault,
    { kind, name: "db", version },
    utf8("value"),
  );
  counted.derived = 0;
  const opener = { ledger: { readValue: async () => sealed }, derive: () => derive };
  const open = async (name = "db") => {
    const found = { object: { name }, version: { version, keyId }, key: {} } as FoundVersion;
    using opened = await openMaterial(opener, vault, { kind }, found);
    return fromUtf8(opened.reveal());
  };
  return { counted, open };
}

describe("opening material", () => {
  it("derives a value's subkey once where this process has the data key", async () => {
    const { counted, open } = await makeOpener("Software");
    expect([await open(), await open(), await open()]).toEqual(["value", "value", "value"]);
    expect(counted.derived).toBe(1);
  });

  it("has the token derive it each time where the token keeps the data key", async () => {
    const { counted, open } = await makeOpener("HSM");
    expect([await open(), await open(), await open()]).toEqual(["value", "value", "value"]);
    expect(counted.derived).toBe(3);
  });

  it("opens a value in its own place alone, though its subkey is known", async () => {
    const { open } = await makeOpener("Software");
    await open();
    await expect(open("other")).rejects.toMatchObject({ code: "StoreTampered" });
  });
});
