// SPDX-License-Identifier: Apache-2.0
/** Linux in a TPM's log: what its loaders measured, and what of that nobody can call by another name. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { digest, provenLog } from "../__fixtures__/event-log-attempts.ts";
import { grub, stub } from "../__fixtures__/test-boot-texts.ts";
import type { TestEvent } from "../__fixtures__/test-event-log.ts";
import { eventType } from "./event-types.ts";
import { readLinuxBoot } from "./linux-boot.ts";

const line = "/vmlinuz root=/dev/sda1 ro";
const loaded = [grub("grub_cmd: ", `linux ${line}`), grub("kernel_cmdline: ", line)];
const kernelFile: TestEvent = {
  ...{ register: 9, type: eventType.ipl, data: utf8("/vmlinuz\0"), digestOf: utf8("kernel") },
};
/** Data and what is hashed, without all of the zero that ends it. */
const unended = (text: string, zeros = 0) => {
  const bytes = new Uint8Array(Buffer.from(`${text}${zeros === 0 ? "" : "\u0100"}`, "utf16le"));
  return { data: bytes, digestOf: bytes };
};
const read = (events: readonly TestEvent[], quoted?: readonly number[]) =>
  readLinuxBoot(provenLog(events, quoted));

describe("linux in a tpm's log", () => {
  it("is what grub's one command loaded, with the digests of what grub read", () => {
    const events = [grub("grub_cmd: ", "set timeout=0"), ...loaded, kernelFile];
    expect(read(events)).toEqual({
      commandLine: line,
      isDebugged: false,
      files: [digest("kernel")],
    });
  });

  it("is the same by grub as Fedora has it, which hashes the zero of a command", () => {
    const events = [
      grub("grub_cmd ", `linux ${line}`, { withZero: true }),
      grub("grub_kernel_cmdline ", line),
    ];
    expect(read(events)?.commandLine).toBe(line);
  });

  it("may be quoted anew in the command line", () => {
    const command = grub("grub_cmd: ", "linux /vmlinuz dm=1 vroot");
    expect(read([command, grub("kernel_cmdline: ", '/vmlinuz "dm=1 vroot"')])?.commandLine).toBe(
      '/vmlinuz "dm=1 vroot"',
    );
  });

  it("is what systemd's stub was told, in UTF-16, wherever of the two it measures that", () => {
    expect(read([stub(12, "root=/dev/sda1 é")])?.commandLine).toBe("root=/dev/sda1 é");
    expect(read([stub(8, "quiet", { cut: 1 })])?.commandLine).toBe("quiet");
  });

  it.each([
    [`${line} kgdboc=ttyS0`, true],
    [`${line} "kgdbwait"`, true],
    [`${line} ekgdboc=kbd`, true],
    [`${line} nokgdb=1`, false],
  ])("asks for a debugger by %s: %s", (asked, isDebugged) => {
    const events = [grub("grub_cmd: ", `linux ${asked}`), grub("kernel_cmdline: ", asked)];
    expect(read(events)?.isDebugged).toBe(isDebugged);
  });

  it("has a debugger where grub was told to start its own", () => {
    expect(read([grub("grub_cmd: ", "gdbstub com0"), ...loaded])?.isDebugged).toBe(true);
  });

  it.each<[string, readonly TestEvent[]]>([
    ["no text at all", [kernelFile]],
    ["a command line that no command loaded", [loaded[1] ?? kernelFile]],
    ["a command without a command line", [loaded[0] ?? kernelFile]],
    ["two command lines", [...loaded, grub("kernel_cmdline: ", line)]],
    ["two commands that load", [...loaded, grub("grub_cmd: ", "linux /other")]],
    [
      "the real one called a command, and another called it",
      [
        grub("grub_cmd: ", "linux /evil kgdbwait"),
        grub("grub_cmd: ", "/evil kgdbwait"),
        grub("kernel_cmdline: ", line),
      ],
    ],
    ...["/evil ro kgdbwait", "(hd0,gpt2)/evil", "0+4096 kgdbwait", '"/evil" ro'].map(
      (text): [string, readonly TestEvent[]] => [
        `another kernel's command line, ${text}, called a command`,
        [...loaded, grub("grub_cmd: ", text)],
      ],
    ),
    ...["time linux /evil", "legacy_kernel /evil", "pxechainloader x", "fwload x"].map(
      (text): [string, readonly TestEvent[]] => [
        `a command that runs one which is not measured, ${text}`,
        [...loaded, grub("grub_cmd: ", text)],
      ],
    ),
    ["another loader after it", [...loaded, grub("grub_cmd: ", "chainloader /evil.efi")]],
    ["another loader alone", [grub("grub_cmd: ", "multiboot2 /xen"), loaded[1] ?? kernelFile]],
    [
      "another command line than the command's",
      [loaded[0] ?? kernelFile, grub("kernel_cmdline: ", "/other")],
    ],
    [
      "a text that its digest does not cover",
      [...loaded, { ...grub("grub_cmd: ", "set a=b"), digestOf: utf8("c") }],
    ],
    [
      "a text without its zero",
      [...loaded, { ...grub("grub_cmd: ", "x"), data: utf8("grub_cmd: x"), digestOf: utf8("x") }],
    ],
    [
      "bytes that are no text",
      [...loaded, { register: 8, type: 6, data: Uint8Array.of(1, 2, 3, 4) }],
    ],
    [
      "bytes that are no UTF-8",
      [
        ...loaded,
        {
          register: 8,
          type: eventType.ipl,
          data: Uint8Array.of(...utf8("grub_cmd: "), 0xff, 0),
          digestOf: Uint8Array.of(0xff),
        },
      ],
    ],
    ["options beside grub's texts", [...loaded, stub(12, "quiet")]],
    ["options without their zero", [{ ...stub(12, "quiet"), ...unended("quiet") }]],
    ["options with half of their zero", [{ ...stub(12, "quiet"), ...unended("quiet", 1) }]],
    ["options that are empty", [stub(12, "")]],
    ["options twice", [stub(12, "quiet"), stub(12, "quiet")]],
    [
      "an extension of systemd's, where Windows measures itself",
      [...loaded, stub(13, "extension")],
    ],
    [
      "a line longer than kernels take",
      [grub("grub_cmd: ", `linux ${"x".repeat(4097)}`), grub("kernel_cmdline: ", "x".repeat(4097))],
    ],
  ])("is not proved by %s", (_, events) => {
    expect(read(events)).toBeUndefined();
  });

  it.each([8, 12, 13])("is not proved without a quote of PCR %i", (missing) => {
    const quoted = Array.from({ length: 16 }, (_, index) => index);
    expect(read(loaded, quoted)).toBeDefined();
    expect(
      read(
        loaded,
        quoted.filter((index) => index !== missing),
      ),
    ).toBeUndefined();
  });

  it("has files only of a proved register, and no endless list of them", () => {
    const quoted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13];
    expect(read([...loaded, kernelFile], quoted)?.files).toEqual([]);
    const many = Array.from({ length: 65 }, () => kernelFile);
    expect(read([...loaded, ...many])?.files).toEqual([]);
    expect(read([...loaded, ...many.slice(1)])?.files).toHaveLength(64);
  });

  it("is not proved, nor anything else, by the longest event that a log can have", () => {
    const long = { register: 8, type: eventType.ipl, data: new Uint8Array(1_000_001).fill(0x20) };
    expect(read([...loaded, long])).toBeUndefined();
  });

  it("is not looked for in a td's log, whose registers hold both texts and files", () => {
    expect(readLinuxBoot({ ...provenLog(loaded), kind: "td" })).toBeUndefined();
  });
});
