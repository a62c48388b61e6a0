// SPDX-License-Identifier: Apache-2.0
/** What a person is shown of a TPM's files, one by one. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, u32be, u64be, utf8 } from "@strongroom/core";
import { showEvidence } from "./show-evidence.ts";

const u32le = (value: number) => u32be(value).toReversed();
const u64le = (value: number) => u64be(value).toReversed();
const sized = (bytes: Uint8Array) => concatBytes(Uint8Array.of(0, bytes.length), bytes);
const sha256 = (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());

/** `tpm2_quote --message`: a quote of PCR 1 with no signature in it. */
const quote = concatBytes(
  ...[fromHex("ff5443478018"), sized(new Uint8Array(34)), sized(utf8("nonce"))],
  ...[new Uint8Array(16), Uint8Array.of(1), u64be(7)],
  ...[fromHex("00000001000b03020000"), sized(new Uint8Array(32).fill(3))],
);

/** TCG_PCR_EVENT2 with a SHA-256 digest. */
const event = (register: number, type: number, data: Uint8Array) =>
  concatBytes(
    ...[u32le(register), u32le(type), u32le(1), fromHex("0b00")],
    ...[sha256(data), u32le(data.length), data],
  );

const secureBoot = concatBytes(
  ...[fromHex("61dfe48bca93d211aa0d00e098032b8c"), u64le(10), u64le(1)],
  ...[new Uint8Array(Buffer.from("SecureBoot", "utf16le")), Uint8Array.of(1)],
);

const specId = concatBytes(
  ...[utf8("Spec ID Event03\0"), new Uint8Array(8), u32le(1), fromHex("0b002000"), fromHex("00")],
);

const log = concatBytes(
  ...[u32le(0), u32le(3), new Uint8Array(20), u32le(specId.length), specId],
  event(0, 0x80000008, new Uint8Array(40).fill(0xab)),
  event(7, 0x80000001, secureBoot),
  event(9, 0x0000000d, new Uint8Array(Buffer.from("linux\0", "utf16le"))),
  event(14, 0x00008401, fromHex("01")),
);

describe("a file about a TPM, shown to a person", () => {
  it("may be a quote whose signature is in another file", () => {
    const shown = showEvidence(quote, undefined);
    expect(shown).toMatch(/^unverified +tpm quote\n/);
    expect(shown).toContain(toHex(utf8("nonce")));
  });

  it.each([undefined, "tpm"] as const)("may be an event log, as %s", (kind) => {
    const digest = (data: Uint8Array) => `sha256:${toHex(sha256(data))}`;
    const blob = new Uint8Array(40).fill(0xab);
    const linux = new Uint8Array(Buffer.from("linux\0", "utf16le"));
    expect(showEvidence(log, kind).split("\n")).toEqual([
      "unverified        event log",
      `event0            register 0  EV_EFI_PLATFORM_FIRMWARE_BLOB  ${digest(blob)}  ${"ab".repeat(32)}… 40 bytes`,
      `event1            register 7  EV_EFI_VARIABLE_DRIVER_CONFIG  ${digest(secureBoot)}  SecureBoot, 1 bytes`,
      `event2            register 9  EV_IPL  ${digest(linux)}  "linux"`,
      `event3            register 14  0x00008401  ${digest(fromHex("01"))}  01`,
      "",
    ]);
  });

  it("is nothing to show without either", () => {
    expect(() => showEvidence(new Uint8Array(300), "tpm")).toThrow("no quote of a tpm");
  });
});
