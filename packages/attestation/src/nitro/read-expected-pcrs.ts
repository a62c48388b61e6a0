// SPDX-License-Identifier: Apache-2.0
/** Registers' expected values as `nitro-cli build-enclave` and other tools print them: `PCR0` and so on, anywhere in JSON. */

import { malformed } from "../byte-reader.ts";
import { isJsonObject, parseStrictJson } from "../strict-json.ts";

const depth = 3;

/** Values by register. @throws {StrongroomError} `EvidenceMalformed` if the JSON has none, or one twice. */
export function readExpectedPcrs(bytes: Uint8Array): Readonly<Record<string, readonly string[]>> {
  const found = findPcrs(parseStrictJson(bytes), depth);
  const pcrs = Object.fromEntries(found.map(([index, value]) => [index, [value]]));
  if (found.length === 0 || Object.keys(pcrs).length !== found.length) {
    throw malformed("json without values of registers, or with two for one");
  }
  return pcrs;
}

function findPcrs(value: unknown, left: number): readonly (readonly [string, string])[] {
  const entries = isJsonObject(value) && left > 0 ? Object.entries(value) : [];
  return entries.flatMap(([name, one]) => {
    const index = /^(?:nitrotpm_)?pcr_?(\d{1,2})$/iu.exec(name)?.[1];
    return index !== undefined && typeof one === "string" && /^[0-9a-f]{96}$/iu.test(one)
      ? [[String(Number(index)), one.toLowerCase()] as const]
      : findPcrs(one, left - 1);
  });
}
