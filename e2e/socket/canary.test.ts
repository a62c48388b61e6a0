// SPDX-License-Identifier: Apache-2.0
/** A value that is set and released lies nowhere in clear: no log, no file, no leaf, in no usual encoding. */

import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openShop, type Shop } from "./fixtures/shop.ts";
import { readStored } from "./fixtures/stored.ts";

describe("a secret value", () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  }, 60_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  /** Everything durable and everything said, by name. */
  const everything = async (): Promise<ReadonlyMap<string, Buffer>> => {
    const { folders, vault, hsm } = shop.installation;
    const found = new Map<string, Buffer>();
    for (const entry of await readdir(folders.root, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        found.set(path, await readFile(path));
      }
    }
    found.set("vault's output", Buffer.from(vault.output()));
    found.set("HSM host's output", Buffer.from(hsm.output()));
    const { leaves } = readStored(folders.storeFile);
    found.set("audit leaves", Buffer.from(JSON.stringify(leaves)));
    return found;
  };
  const placesOf = async (bytes: Buffer): Promise<readonly string[]> => {
    const needles = encodingsOf(bytes);
    return [...(await everything())]
      .filter(([, content]) => needles.some((needle) => content.includes(needle)))
      .map(([place]) => place);
  };

  it("is nowhere to be found once it was set, read, refused and released", async () => {
    const value = randomBytes(24).toString("base64url");
    const canary = Buffer.from(value);
    const set = (name: string, body: object) => shop.api("PUT", `/secrets/${name}`, body);
    await shop.putPolicy("canary", ["db-canary"], {
      conditions: [{ claim: "x-strongroom-class", equals: "software" }],
    });
    expect((await set("plain-canary", { value })).body.value).toBe(value);
    expect((await shop.api("GET", "/secrets/plain-canary")).body.value).toBe(value);
    // Through what keeps, carries and remakes it as well.
    const backup = (await shop.api("POST", "/secrets/plain-canary/backup")).body;
    expect(backup.value).not.toContain(value);
    for (const [method, path] of [
      ["DELETE", "/secrets/plain-canary"],
      ["GET", "/deletedsecrets/plain-canary"],
      ["DELETE", "/deletedsecrets/plain-canary"],
    ] as const) {
      expect((await shop.api(method, path)).text).not.toContain(value);
    }
    expect((await shop.api("POST", "/secrets/restore", backup)).status).toBe(200);
    expect((await shop.api("GET", "/secrets/plain-canary")).body.value).toBe(value);
    await set("db-canary", { value });
    expect(await shop.open({ items: ["db-canary"] })).toEqual({ "db-canary": value });
    for (const wrong of [
      { value: value.repeat(1_000) },
      { value: [value] },
      { value, attributes: { enabled: value } },
      { value, tags: { [value]: "x".repeat(600) } },
      { value, contentType: value.repeat(20) },
    ]) {
      const refused = await set("plain-canary", wrong);
      expect([refused.status, refused.text.includes(value)]).toEqual([400, false]);
    }
    await shop.installation.vault.stop();
    await shop.installation.hsm.stop();
    expect(await placesOf(canary)).toEqual([]);
  });

  it("would have been found", async () => {
    const control = randomBytes(32);
    const { root, storeFile } = shop.installation.folders;
    for (const [i, needle] of encodingsOf(control).entries()) {
      const path = join(root, `control-${i}`);
      await writeFile(path, Buffer.concat([randomBytes(7), needle, randomBytes(7)]));
      expect(await placesOf(control)).toContain(path);
    }
    const names = await placesOf(Buffer.from("plain-canary"));
    expect(names).toEqual(expect.arrayContaining([storeFile, "audit leaves"]));
    expect(await placesOf(Buffer.from("vault serves"))).toEqual(["vault's output"]);
  });

  it("leaves no bearer, attestation token or PIN in what is said either", async () => {
    const { vault, hsm, folders } = shop.installation;
    const said = vault.output() + hsm.output();
    const pin = await readFile(join(folders.token, "pin"), "utf8");
    for (const token of [shop.podToken, shop.node.pluginToken, shop.session.token]) {
      expect(said).not.toContain(token.split(".")[2]);
    }
    expect(said).not.toContain(pin.trim());
  });
});

/** The bytes themselves, in hexadecimal, and in base64 wherever they begin in what was encoded. */
function encodingsOf(bytes: Buffer): readonly Buffer[] {
  const shifted = [0, 1, 2].flatMap((shift) =>
    (["base64", "base64url"] as const).map((encoding) => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding);
      // The characters at both ends also hold bits of the neighbours.
      return text.slice(shift === 0 ? 0 : shift + 1, -4);
    }),
  );
  const hex = bytes.toString("hex");
  return [bytes, ...[hex, hex.toUpperCase(), ...shifted].map((text) => Buffer.from(text))];
}
