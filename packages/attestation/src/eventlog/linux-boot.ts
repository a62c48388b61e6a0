// SPDX-License-Identifier: Apache-2.0
/** Linux, started by GRUB or systemd's stub, as far as a TPM's log proves it. */

import { toHex } from "@strongroom/core";
import { type BootText, readBootTexts } from "./boot-texts.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** What is proved. */
export interface LinuxBoot {
  /** As the loader measured it: with GRUB the kernel's file first. */
  readonly commandLine: string;
  /** Whether that asks for a kernel debugger, or GRUB for one of its own. */
  readonly isDebugged: boolean;
  /** Digests of files that GRUB read, the kernel and its initial file system among them; hexadecimal, in the log's bank. */
  readonly files: readonly string[];
}

/** GRUB's texts; the files it read; what systemd's stub was told; its extensions, where Windows measures its modules. */
const registers = { grub: 8, files: 9, stub: 12, extensions: 13 } as const;

/** GRUB's commands that start Linux. */
const linuxCommands: readonly string[] = ["linux", "linuxefi", "linux16"];

/** GRUB's commands that start anything else, or run one of its commands without measuring that one. */
const otherLoaders: readonly string[] = [
  ...["chainloader", "multiboot", "multiboot2", "xen_hypervisor", "xen_linux", "ntldr"],
  ...["kfreebsd", "knetbsd", "kopenbsd", "xnu_kernel", "xnu_kernel64", "plan9", "freedos"],
  ...["pxechainloader", "fwload", "legacy_kernel", "time"],
];

/** A kernel's file, by its path, on its device or as blocks: no command of GRUB's is called like that. */
const fileName = /^["'\\]*[/(\d]/u;

const debuggers: readonly string[] = ["gdbstub", "gdbstub_break"];

/** Parameters of the kernel's debugger (kgdb): kgdboc, kgdbwait, ekgdboc and their like. */
const kernelDebugger = /(?:^|[\s"'])e?kgdb/u;

/** Characters of a command line that claims carry, which is more than kernels take. */
const longestCommandLine = 4096;
const mostFiles = 64;

/**
 * Reads how Linux was started. Undefined unless every text of the loaders is covered by its digest, exactly one kernel
 * was loaded, and nothing was measured where Windows measures itself: then none of Windows' loaders ran.
 */
export function readLinuxBoot(log: ProvenEventLog): LinuxBoot | undefined {
  const { grub, files, stub, extensions } = registers;
  const isKnown = (register: number) =>
    log.registers.includes(register) || log.untouched.includes(register);
  if (log.kind !== "tpm" || ![grub, stub].every(isKnown) || !log.untouched.includes(extensions)) {
    return undefined;
  }
  const [texts, options] = [readBootTexts(log, grub), readBootTexts(log, stub)];
  const all = texts && options && [...texts, ...options];
  const commandLine = all && (findOptions(all) ?? findGrubKernel(all));
  if (commandLine === undefined || commandLine.length > longestCommandLine) {
    return undefined;
  }
  const isDebugging = ({ text }: BootText) => debuggers.includes(firstWord(text));
  const digests = log.events
    .filter(({ register }) => register === files)
    .map((event) => toHex(event.digests.get(log.bank) ?? new Uint8Array()));
  return {
    commandLine,
    isDebugged: kernelDebugger.test(commandLine) || all?.some(isDebugging) === true,
    files: digests.length <= mostFiles ? digests : [],
  };
}

/** Of systemd's stub: its one text, beside which there is none of GRUB's. */
function findOptions([text, another]: readonly BootText[]): string | undefined {
  return another === undefined && text?.label === "options" ? text.text : undefined;
}

/**
 * Of GRUB: the kernel's command line beside the one command that loads a kernel. A label is covered by no digest, so
 * that what is called a command line has to be what that command says; only GRUB quotes it anew.
 */
function findGrubKernel(all: readonly BootText[]): string | undefined {
  const loads = all.filter(({ text }) =>
    [...linuxCommands, ...otherLoaders].includes(firstWord(text)),
  );
  const kernels = all.filter(({ label, text }) => label === "kernel" || fileName.test(text));
  const [[load, anotherLoad], [kernel, anotherKernel]] = [loads, kernels];
  const isOne = anotherLoad === undefined && anotherKernel === undefined;
  if (load === undefined || kernel?.label !== "kernel" || !isOne) {
    return undefined;
  }
  const command = firstWord(load.text);
  const isSame =
    unquoted(load.text.slice(command.length)).trim() === unquoted(kernel.text).trim() &&
    !all.some(({ label }) => label === "options");
  return linuxCommands.includes(command) && isSame ? kernel.text : undefined;
}

function firstWord(text: string): string {
  return /^\S*/u.exec(text)?.[0] ?? "";
}

function unquoted(text: string): string {
  return text.replace(/["'\\]/gu, "");
}
