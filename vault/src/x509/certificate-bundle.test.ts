// SPDX-License-Identifier: Apache-2.0
/** PFX files that OpenSSL made, and what is none; and ours, as OpenSSL reads them. */

import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { hex, useBundles } from "./__fixtures__/bundles.ts";
import { writePfx } from "./write-pfx.ts";

describe("bundles that OpenSSL made", () => {
  const { exportPfx, read, readText, folder, chain, leaf, leafPem } = useBundles();

  it.each([
    ["as it makes them now", []],
    ["with -legacy: RC2 and Triple DES", ["-legacy"]],
    [
      "with Triple DES and SHA-1",
      ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    ],
    [
      "with two-key Triple DES and 128-bit RC2",
      ["-legacy", "-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-RC2-128"],
    ],
    [
      "with AES-128 and a SHA-512 MAC",
      ["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha512"],
    ],
    ["without encryption", ["-keypbe", "NONE", "-certpbe", "NONE"]],
    ["without a MAC", ["-nomac"]],
  ])("are read %s", async (_, args) => {
    for (const password of ["päss 🔑", ""]) {
      const bundle = await read("pfx", await exportPfx(password, ...args), password);
      expect(bundle.certificates.map(hex)).toEqual(chain().map(hex));
      expect(bundle.key.equals(createPrivateKey(leafPem()))).toBe(true);
    }
  });

  it("are refused with a wrong password, and when a byte was changed", async () => {
    const bytes = await exportPfx("right");
    await expect(read("pfx", bytes, "wrong")).rejects.toMatchObject({ code: "BadParameter" });
    const changed = bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 1 : byte));
    await expect(read("pfx", changed, "right")).rejects.toMatchObject({ code: "BadParameter" });
  });

  it("are refused when they ask for more hashing than is reasonable", async () => {
    const before = performance.now();
    const bytes = await exportPfx("x", "-keypbe", "AES-256-CBC", "-iter", "3000000", "-nomac");
    const made = performance.now();
    await expect(read("pfx", bytes, "x")).rejects.toMatchObject({ code: "BadParameter" });
    expect(performance.now() - made).toBeLessThan((made - before) / 2);
  });

  it("refuse what is no structure of theirs without falling over it", async () => {
    const deep = new Uint8Array(200_000).fill(0x30);
    const endless = new Uint8Array([0x30, 0x80, 0x30, 0x80]);
    for (const bytes of [
      new Uint8Array(),
      deep,
      endless,
      new Uint8Array([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
      leaf(),
    ]) {
      await expect(read("pfx", bytes, "")).rejects.toMatchObject({ code: "BadParameter" });
    }
    const whole = await exportPfx("", "-nomac");
    for (let length = 0; length < whole.length; length += 37) {
      await expect(read("pfx", whole.subarray(0, length), "")).rejects.toMatchObject({
        code: "BadParameter",
      });
    }
  });

  it("are written so that OpenSSL reads them, with an empty password", async () => {
    const key = new Uint8Array(
      createPrivateKey(leafPem()).export({ type: "pkcs8", format: "der" }),
    );
    await folder().write("ours.pfx", await writePfx({ key, certificates: chain() }));
    const opened = await folder().run(
      "pkcs12",
      "-in",
      "ours.pfx",
      "-passin",
      "pass:",
      "-nodes",
      "-info",
    );
    expect(opened.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(opened).toContain("MAC: sha256, Iteration 2048");
    const again = await readText(opened);
    expect(again.certificates.map(hex)).toEqual(chain().map(hex));
    expect(again.key.equals(createPrivateKey(leafPem()))).toBe(true);
    await folder().write("bare.pfx", await writePfx({ key: undefined, certificates: [leaf()] }));
    const bare = await folder().run("pkcs12", "-in", "bare.pfx", "-passin", "pass:", "-nodes");
    expect([bare.includes("PRIVATE KEY"), bare.includes("BEGIN CERTIFICATE")]).toEqual([
      false,
      true,
    ]);
  });
});
