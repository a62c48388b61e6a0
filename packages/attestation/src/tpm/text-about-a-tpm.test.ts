// SPDX-License-Identifier: Apache-2.0
/** Files about a TPM in text: listings of registers, what is none, and how long one may be. */

import { describe, expect, it } from "@jest/globals";
import { toHex, utf8 } from "@strongroom/core";
import { pcrValue } from "../__fixtures__/test-quote.ts";
import { bothPcrs, first, zeroth } from "../__fixtures__/tpm-file-parts.ts";
import { openTpmFile } from "./open-tpm-file.ts";

describe("a file about a TPM", () => {
  it.each<[string, string]>([
    ["tpm2_pcrread's", `sha256:\n  0 : 0x${zeroth.toUpperCase()}\n  1 : 0x${first}`],
    ["with names", `sha256:\n  pcr0: ${zeroth}\n\n  PCR01: ${first}\n`],
    ["of JSON's members", `sha256 :\n"pcr0": "${zeroth}",\n"pcr1": "0x${first}"`],
    ["of a list", `sha256:\n- 0: ${zeroth}\n- 1: ${first}`],
  ])("may be a listing %s", (_, text) => {
    expect(openTpmFile(utf8(text))).toEqual([{ kind: "pcrs", banks: bothPcrs }]);
  });

  it("may be a listing of several banks, one of them empty", () => {
    const sha1 = toHex(pcrValue(3, "sha1"));
    expect(openTpmFile(utf8(`sha384:\nsha1:\n  3 : ${sha1}`))).toEqual([
      { kind: "pcrs", banks: { sha384: {}, sha1: { "3": sha1 } } },
    ]);
  });

  it("may be a listing with banks that are not read, empty or not", () => {
    const others = `sha3_256:\n  0 : 0x${first}\nsm3_256:\n`;
    expect(openTpmFile(utf8(`sm3_256:\nsha256:\n  0 : ${zeroth}\n${others}`))).toEqual([
      { kind: "pcrs", banks: { sha256: { "0": zeroth } } },
    ]);
  });

  it("may be a listing of 1024 lines, and of no more", () => {
    const listing = (lines: number) => utf8(`sha256:${"\n".repeat(lines - 1)}0 : ${zeroth}`);
    expect(openTpmFile(listing(1024))).toHaveLength(1);
    expect(() => openTpmFile(listing(1025))).toThrow("nothing of a tpm");
  });

  it.each<[string, string, Uint8Array]>([
    ["a listing of a bank alone that is not read", "nothing of a tpm", utf8("sm3_256:\n")],
    ["empty", "a file of 0 bytes", new Uint8Array()],
    ["longer than a MiB", "a file of 1048577 bytes", new Uint8Array(1_048_577)],
    ["a word", "nothing of a tpm", utf8("word")],
    ["a listing without a bank", "nothing of a tpm", utf8(`0 : ${zeroth}`)],
    ["a listing of an unknown bank", "nothing of a tpm", utf8(`sha257:\n0 : ${zeroth}`)],
    ["a listing with a remark", "nothing of a tpm", utf8(`sha256:\n0 : ${zeroth}\nend`)],
    ["a listing with a short value", "nothing of a tpm", utf8("sha256:\n0 : 00")],
    ["a block without an end", "no end", utf8("-----BEGIN CERTIFICATE-----\nAA==")],
  ])("is malformed that is %s: %s", (_, message, file) => {
    expect(() => openTpmFile(file)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("may be as long as a MiB", () => {
    expect(openTpmFile(new Uint8Array(1_048_576))).toHaveLength(1);
  });
});
