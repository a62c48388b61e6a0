// SPDX-License-Identifier: Apache-2.0
/** UEFI_VARIABLE_DATA: a variable as firmware measures it. TCG PC Client Platform Firmware Profile, section 10.2.6. */

import { toHex } from "@strongroom/core";
import { ByteReader, malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { littleEndian } from "../little-endian.ts";

/** A variable. */
export interface EfiVariable {
  /** Namespace as it is in memory, hexadecimal. */
  readonly vendor: string;
  readonly name: string;
  readonly data: Uint8Array;
}

/** EFI_GLOBAL_VARIABLE, 8be4df61-93ca-11d2-aa0d-00e098032b8c. */
export const globalVariable = "61dfe48bca93d211aa0d00e098032b8c";

/** Characters of a name. */
const longestName = 256;

/** Parses a variable; undefined where the bytes are none. */
export function readEfiVariable(bytes: Uint8Array): EfiVariable | undefined {
  return ifWellFormed(() => parse(new ByteReader(bytes)));
}

function parse(reader: ByteReader): EfiVariable {
  const vendor = toHex(reader.bytes(16));
  const characters = Number(littleEndian(reader.bytes(8)));
  const length = Number(littleEndian(reader.bytes(8)));
  if (characters > longestName) {
    throw malformed("a variable's name is too long");
  }
  const name = Buffer.from(reader.bytes(characters * 2)).toString("utf16le");
  const data = reader.bytes(length);
  reader.end();
  return { vendor, name, data };
}
