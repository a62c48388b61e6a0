// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { deriveSubkey, sha256, utf8 } from "@strongroom/core";
import { backupLabel, openBackup, parseBackup, sealBackup } from "./backup-format.ts";

const derive = async (label: string, context: Uint8Array) =>
  deriveSubkey(sha256(utf8("data key")), label, context);
const keyBlob = utf8("key blob");
const content = { records: { b: 1, a: ["x"] }, materials: [utf8("one"), new Uint8Array(0)] };

describe("the bytes of a backup", () => {
  it("are version, length and key blob, salt, ciphertext and tag", async () => {
    const blob = await sealBackup(keyBlob, derive, content);
    expect([...blob.subarray(0, 13)]).toEqual([1, 0, 0, 0, 8, ...keyBlob]);
    const json = '{"a":["x"],"b":1}';
    expect(blob.length).toBe(13 + 32 + (4 + json.length) + (4 + 3) + (4 + 0) + 16);
    expect(backupLabel).toBe("strongroom/backup/v1");
    expect(await openBackup(parseBackup(blob), derive)).toEqual({
      records: content.records,
      materials: content.materials,
    });
  });

  it("open in no form but the one that was made", async () => {
    const blob = await sealBackup(keyBlob, derive, content);
    for (let at = 5; at < blob.length; at += 1) {
      const changed = blob.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      await expect(openBackup(parseBackup(changed), derive)).rejects.toMatchObject({
        code: "BadParameter",
      });
    }
    for (const bytes of [new Uint8Array(0), blob.subarray(0, 40), blob.subarray(1)]) {
      expect(() => parseBackup(bytes)).toThrow(expect.objectContaining({ code: "BadParameter" }));
    }
  });
});
