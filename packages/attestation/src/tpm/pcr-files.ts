// SPDX-License-Identifier: Apache-2.0
/** PCR values as tpm2-tools write them: `tpm2_quote --pcr`, `tpm2_pcrread`. */

import { toHex } from "@strongroom/core";
import { digestBytes, toReadBank } from "./algorithms.ts";
import type { PcrBanks } from "./pcr-values.ts";
import type { TpmItem } from "./tpm-file-items.ts";

/** Structures as they are in a little-endian machine's memory; offsets and sizes in bytes. */
const layout = {
  /** TPML_PCR_SELECTION: a count, 16 selections of eight bytes. */
  selection: { header: 4, each: 8, most: 16 },
  /** TPML_DIGEST: a count, eight TPM2B_DIGEST of 66. */
  digests: { header: 4, each: 66, most: 8 },
} as const;

const selectionBytes = layout.selection.header + layout.selection.each * layout.selection.most;
const listBytes = layout.digests.header + layout.digests.each * layout.digests.most;

/** Reads what `tpm2_quote --pcr` writes in its form "serialized"; undefined where the bytes are not of that form. */
export function readSerializedPcrs(bytes: Uint8Array): readonly TpmItem[] | undefined {
  const start = selectionBytes + 4;
  if (bytes.length < start) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lists = view.getUint32(selectionBytes, true);
  if (bytes.length !== start + lists * listBytes) {
    return undefined;
  }
  const registers = readSelections(view);
  const digests = Array.from({ length: lists }, (_, index) =>
    readDigests(bytes, start + index * listBytes),
  ).flat();
  if (registers.length !== digests.length) {
    return undefined;
  }
  const { [unread]: _, ...banks } = toBanks(registers, digests);
  return [{ kind: "pcrs", banks }];
}

/** Where values go of banks that are not read. */
const unread = "unread";

interface Register {
  readonly bank: string;
  readonly index: number;
}

function readSelections(view: DataView): readonly Register[] {
  const { header, each, most } = layout.selection;
  const count = Math.min(view.getUint32(0, true), most);
  return Array.from({ length: count }, (_, number) => header + number * each).flatMap((start) => {
    const bank = toReadBank(view.getUint16(start, true)) ?? unread;
    const size = Math.min(view.getUint8(start + 2), 4);
    const bits = Array.from({ length: size * 8 }, (_, index) => index);
    return bits
      .filter((index) => (view.getUint8(start + 3 + (index >> 3)) >> (index & 7)) & 1)
      .map((index) => ({ bank, index }));
  });
}

function readDigests(bytes: Uint8Array, start: number): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, each, most } = layout.digests;
  const count = Math.min(view.getUint32(start, true), most);
  return Array.from({ length: count }, (_, number) => start + header + number * each).map((at) =>
    bytes.slice(at + 2, at + 2 + Math.min(view.getUint16(at, true), each - 2)),
  );
}

/** Values by bank and index, of registers and their values in the same order. */
export function toBanks(registers: readonly Register[], digests: readonly Uint8Array[]): PcrBanks {
  const banks = [...new Set(registers.map(({ bank }) => bank))].map((bank) => {
    const values = registers.flatMap((register, position) =>
      register.bank === bank
        ? [[String(register.index), toHex(digests[position] ?? new Uint8Array())] as const]
        : [],
    );
    return [bank, Object.fromEntries(values)] as const;
  });
  return Object.fromEntries(banks);
}

/** Lines of a listing: those of 24 registers in each bank, and as many without anything. */
const mostLines = 1024;

/** Banks that are read, and others that a TPM may have. */
const bankLine = /^(sha1|sha256|sha384|sha512|sm3_256|sha3_(?:256|384|512))\s*:\s*$/u;
const valueLine = /^(?:"?pcr)?[\s"-]*(\d{1,2})"?\s*:\s*"?(?:0x)?([0-9a-f]{40,128})"?,?$/iu;

/** Reads what `tpm2_pcrread` prints; undefined where the text is something else. */
export function readPcrListing(text: string): PcrBanks | undefined {
  const banks: Record<string, Record<string, string>> = {};
  let bank: Record<string, string> | undefined;
  const lines = text.split("\n", mostLines + 1).map((one) => one.trim());
  if (lines.length > mostLines) {
    return undefined;
  }
  for (const line of lines) {
    const name = bankLine.exec(line)?.[1];
    const [, index, value] = valueLine.exec(line) ?? [];
    if (name !== undefined) {
      bank = {};
      banks[name] = bank;
    } else if (bank !== undefined && index !== undefined && value !== undefined) {
      bank[String(Number(index))] = value.toLowerCase();
    } else if (line !== "") {
      return undefined;
    }
  }
  const known = Object.entries(banks).filter(([name]) => Object.hasOwn(digestBytes, name));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
