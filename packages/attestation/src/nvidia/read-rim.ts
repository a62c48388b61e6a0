// SPDX-License-Identifier: Apache-2.0
/** Reference values as people keep them: the manifest itself, or the answer of NVIDIA's RIM service that has it in base64. */

import { isJsonObject, parseStrictJson } from "../strict-json.ts";
import { decodeText, toBinary } from "../text-encodings.ts";
import { xmlLimits } from "../xml/limits.ts";

/** Bytes of a manifest in hexadecimal or base64, or of an answer that has it in base64 beside some names. */
const longestText = 2 * xmlLimits.bytes;

const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

/**
 * The manifest's bytes; undefined where a file is something else. What is XML is taken for one.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if a file is JSON that is none.
 */
export function readRim(file: Uint8Array): Uint8Array | undefined {
  const first = firstCharacter(file);
  if (first === "<" || file.length > longestText) {
    return first === "<" ? file : undefined;
  }
  if (first === "{") {
    return readAnswer(file);
  }
  const bytes = toBinary(file);
  return firstCharacter(bytes) === "<" ? bytes : undefined;
}

function firstCharacter(bytes: Uint8Array): string {
  const start = byteOrderMark.every((byte, index) => bytes[index] === byte) ? 3 : 0;
  return Buffer.from(bytes.slice(start, start + 64))
    .toString("latin1")
    .trimStart()
    .charAt(0);
}

/** `{"id":…,"rim":…,"sha256":…}`; the digest is of what carries its own signature. */
function readAnswer(bytes: Uint8Array): Uint8Array | undefined {
  const json = parseStrictJson(bytes, longestText);
  const rim = isJsonObject(json) ? json["rim"] : undefined;
  return typeof rim === "string" ? decodeText(rim) : undefined;
}
