// SPDX-License-Identifier: Apache-2.0
/**
 * An SNP report's bytes from the fields that agents of Confidential Containers write: what serde makes of `AttestationReport`
 * of the crate `sev`, versions 3 to 7. Up to 5 it has the reserved bytes too; from 6 on they are taken for zero, as the ABI
 * has them: where a report had others, its signature does not fit.
 */

import { isJsonObject, type JsonObject } from "@strongroom/attestation";
import { StrongroomError } from "@strongroom/core";

const reportBytes = 1184;

type Encode = (value: unknown, length: number) => Uint8Array;

/** Name, offset and bytes of fields. AMD 56860, table "ATTESTATION_REPORT". */
type Places = readonly (readonly [string, number, number])[];

const numbers: Places = [
  ["version", 0x00, 4],
  ["guest_svn", 0x04, 4],
  ["policy", 0x08, 8],
  ["vmpl", 0x30, 4],
  ["sig_algo", 0x34, 4],
  ["plat_info", 0x40, 8],
];

/** Those that reports, or the crate, have only from some version on, or up to one. */
const numbersOfSome: Places = [
  ["key_info", 0x48, 4],
  ["_author_key_en", 0x48, 4],
  ["_reserved_0", 0x4c, 4],
  ["cpuid_fam_id", 0x188, 1],
  ["cpuid_mod_id", 0x189, 1],
  ["cpuid_step", 0x18a, 1],
  ["current_build", 0x1e8, 1],
  ["current_minor", 0x1e9, 1],
  ["current_major", 0x1ea, 1],
  ["_reserved_2", 0x1eb, 1],
  ["committed_build", 0x1ec, 1],
  ["committed_minor", 0x1ed, 1],
  ["committed_major", 0x1ee, 1],
  ["_reserved_3", 0x1ef, 1],
  ["launch_mit_vector", 0x1f8, 8],
  ["current_mit_vector", 0x200, 8],
];

const strings: Places = [
  ["family_id", 0x10, 16],
  ["image_id", 0x20, 16],
  ["report_data", 0x50, 64],
  ["measurement", 0x90, 48],
  ["host_data", 0xc0, 32],
  ["id_key_digest", 0xe0, 48],
  ["author_key_digest", 0x110, 48],
  ["report_id", 0x140, 32],
  ["report_id_ma", 0x160, 32],
  ["chip_id", 0x1a0, 64],
];

const stringsOfSome: Places = [
  ["_reserved_1", 0x188, 24],
  ["_reserved_4", 0x1f8, 168],
];

const tcbs: Places = [
  ["current_tcb", 0x38, 8],
  ["reported_tcb", 0x180, 8],
  ["committed_tcb", 0x1e0, 8],
  ["launch_tcb", 0x1f0, 8],
];

const firmwareOfSome: Places = [
  ["current", 0x1e8, 3],
  ["committed", 0x1ec, 3],
];

const signature: Places = [
  ["r", 0x2a0, 72],
  ["s", 0x2e8, 72],
];

/** Whether the value looks like a report's fields. */
export function isReportFields(value: unknown): value is JsonObject {
  return isJsonObject(value) && "report_data" in value && isJsonObject(value["signature"]);
}

/** @throws {StrongroomError} `EvidenceMalformed` if a field is missing, or does not fit into its place. */
export function joinReportFields(fields: JsonObject): Uint8Array {
  const report = new Uint8Array(reportBytes);
  const given = (places: Places) => places.filter(([name]) => (fields[name] ?? null) !== null);
  const put = (from: unknown, places: Places, encode: Encode) => {
    for (const [name, offset, length] of places) {
      report.set(encode(member(from, name), length), offset);
    }
  };
  put(fields, [...numbers, ...given(numbersOfSome)], encodeNumber);
  put(fields, [...strings, ...given(stringsOfSome)], encodeString);
  put(fields, tcbs, encodeTcb);
  put(fields, given(firmwareOfSome), encodeFirmware);
  put(fields["signature"], signature, encodeString);
  return report;
}

function member(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}

/** Least significant byte first. */
function encodeNumber(value: unknown, length: number): Uint8Array {
  if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) >= 256 ** length) {
    throw unfit();
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Number(value)), true);
  return bytes.subarray(0, length);
}

function encodeString(value: unknown, length: number): Uint8Array {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  if (list.length !== length) {
    throw unfit();
  }
  return Uint8Array.from(list, (one) => Number(encodeNumber(one, 1)[0]));
}

/** Products before Turin have no FMC, and leave four bytes between the first two parts and the last two. */
function encodeTcb(value: unknown): Uint8Array {
  const [bootloader, tee, snp, microcode] = ["bootloader", "tee", "snp", "microcode"].map((part) =>
    Number(encodeNumber(member(value, part), 1)[0]),
  ) as [number, number, number, number];
  const fmc = member(value, "fmc") ?? null;
  if (fmc !== null) {
    return Uint8Array.of(...encodeNumber(fmc, 1), bootloader, tee, snp, 0, 0, 0, microcode);
  }
  const reserved = encodeString(member(value, "_reserved") ?? [0, 0, 0, 0], 4);
  return Uint8Array.of(bootloader, tee, ...reserved, snp, microcode);
}

function encodeFirmware(value: unknown): Uint8Array {
  const parts = ["build", "minor", "major"].map((part) => encodeNumber(member(value, part), 1));
  return Uint8Array.of(...parts.flatMap((part) => [...part]));
}

function unfit(): StrongroomError {
  return new StrongroomError("EvidenceMalformed", "a report's field is missing, or does not fit");
}
