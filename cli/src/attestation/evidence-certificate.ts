// SPDX-License-Identifier: Apache-2.0
/** Evidence in X.509 certificates, as RA-TLS has it: Gramine's, Open Enclave's, dstack's and others' extensions, known by what is in them. */

import {
  asAscii,
  ifWellFormed,
  parsePemBlocks,
  readCbor,
  readExtensionValues,
} from "@strongroom/attestation";
import { byteStrings, readStructured } from "./evidence-json.ts";

/** Certificates of one file that are looked into, and bytes of the shortest: with evidence in it none has fewer. */
const most = 8;
const shortest = 512;

/** What the extensions of a file's certificates hold, and what is in their CBOR or JSON; nothing where it has no certificate. */
export function certificateStrings(file: Uint8Array): readonly Uint8Array[] {
  return certificatesIn(file)
    .slice(0, most)
    .flatMap((der) => ifWellFormed(() => readExtensionValues(der)) ?? [])
    .flatMap((value) => [...insideOf(value), value]);
}

function certificatesIn(file: Uint8Array): readonly Uint8Array[] {
  // JSON may have a hundred thousand strings.
  if (file.length < shortest) {
    return [];
  }
  if (file[0] === 0x30) {
    return [file];
  }
  const text = asAscii(file)?.trimStart() ?? "";
  const blocks = text.startsWith("-----BEGIN ") ? ifWellFormed(() => parsePemBlocks(text)) : [];
  return (blocks ?? []).filter(({ label }) => label === "CERTIFICATE").map(({ der }) => der);
}

/** CBOR's major types of arrays, maps and tags, in the upper three bits: TCG DICE's tagged evidence is an array. */
const containers: readonly number[] = [4, 5, 6];

function insideOf(value: Uint8Array): readonly Uint8Array[] {
  const isCbor = containers.includes((value[0] ?? 0) >> 5);
  const inner = ifWellFormed(() => (isCbor ? readCbor(value) : readStructured(value)));
  return inner === undefined ? [] : [...byteStrings(inner)];
}
