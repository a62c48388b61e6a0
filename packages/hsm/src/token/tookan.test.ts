// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { attackToken, type Folders, init, makeFolders, run } from "../__fixtures__/host-process.ts";

let folders: Folders;
let answers: Readonly<Record<string, string>>;

beforeAll(async () => {
  folders = await makeFolders();
  await init(folders);
  const attack = run("attack", folders, { program: attackToken, args: [] });
  expect([await attack.ended, attack.lines.length]).toEqual([0, 1]);
  answers = JSON.parse(attack.lines[0] ?? "{}") as Record<string, string>;
}, 60_000);

afterAll(async () => {
  await folders[Symbol.asyncDispose]();
});

function answersTo(...words: readonly string[]): Readonly<Record<string, string>> {
  const found = Object.entries(answers).filter(([name]) =>
    words.every((word) => name.includes(word)),
  );
  expect(found.length).toBeGreaterThan(0);
  return Object.fromEntries(found);
}

function expectRefused(...words: readonly string[]): void {
  const done = Object.entries(answersTo(...words)).filter(
    ([, answer]) => !answer.startsWith("CKR_"),
  );
  expect(done).toEqual([]);
}

// Whoever has the host's process has its handles; the token still refuses.
describe("Tookan's attack", () => {
  it("A1 fails: no key of ours is wrapped by anything but KEK-N", () => {
    expectRefused("A1 wrap");
    expect(answers["A1 wrap leaving ec-p256 by aes-256 wrap"]).toBe("CKR_KEY_NOT_WRAPPABLE");
    expect(answers["A1 wrap leaving ec-p256 by kek-e"]).toBe("CKR_KEY_NOT_WRAPPABLE");
    expect(answers["A1 wrap aes-256 decrypt by aes-256 wrap"]).toBe("CKR_KEY_UNEXTRACTABLE");
  });

  it("A1 fails: what wraps neither decrypts nor encrypts", () => {
    for (const name of ["kek-n", "kek-e", "kek-a", "aes-256 wrap", "aes-256 unwrap"]) {
      expectRefused("A1 decrypt", name);
      expectRefused("A1 encrypt", name);
    }
    // The same question, where it is allowed.
    expect(answers["A1 decrypt with aes-256 decrypt"]).toBe("done");
    expect(answers["A1 encrypt with aes-256 encrypt"]).toBe("done");
    expectRefused("A1 decrypt with aes-256 encrypt");
    expectRefused("A1 encrypt with aes-256 decrypt");
  });

  it("A2 fails: no key of class N is wrapped by a public key, and an RSA key that decrypts does not unwrap", () => {
    expectRefused("A2");
    expect(answers["A2 wrap leaving aes-256 by a public key"]).toBe("CKR_KEY_NOT_WRAPPABLE");
  });

  it("A3 and A4 fail: no part of a key is read", () => {
    expectRefused("A3");
    expect(Object.keys(answersTo("A3", "rsa-2048")).length).toBe(18);
    expect(new Set(Object.values(answersTo("A3")))).toEqual(new Set(["CKR_ATTRIBUTE_SENSITIVE"]));
  });

  it("A5a and A5b fail: no key becomes readable, extractable, wrappable or good for another use, nor does a copy", () => {
    expectRefused("A5 set");
    expectRefused("A5 copy");
  });
});
