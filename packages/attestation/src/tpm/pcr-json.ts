// SPDX-License-Identifier: Apache-2.0
/** PCR values in the JSON of agents and tools: by bank and index, of one bank by index, or in a list. */

import { toHex } from "@strongroom/core";
import { isJsonObject, type JsonObject } from "../strict-json.ts";
import { decodeText, fromNumbers } from "../text-encodings.ts";
import { toTpmHash } from "./algorithms.ts";
import { parseTpmQuote } from "./parse-tpm-quote.ts";
import type { PcrBanks } from "./pcr-values.ts";

/**
 * The values of an object that has any. Where only one bank is meant, it is the one that the object or its quote names.
 *
 * @param count Is told of how many registers there are before they are read, and may throw.
 */
export function readPcrJson(
  json: JsonObject,
  message: Uint8Array | undefined,
  count: (registers: number) => void,
): PcrBanks | undefined {
  const { pcrs } = json;
  if (Array.isArray(pcrs)) {
    count(pcrs.length);
    const values = pcrs.map((one, index) => [String(index), toHexText(one)] as const);
    return { [bankOf(json, message)]: Object.fromEntries(values) };
  }
  if (!isJsonObject(pcrs)) {
    return undefined;
  }
  const { hash, pcrs: inner } = pcrs;
  if (isJsonObject(inner)) {
    return readPcrJson({ hash_alg: hash, pcrs: inner }, message, count);
  }
  const isByBank = Object.values(pcrs).every(isJsonObject);
  const banks = isByBank ? Object.entries(pcrs) : [[bankOf(json, message), pcrs] as const];
  return Object.fromEntries(
    banks.map(([bank, values]) => {
      const entries = Object.entries(isJsonObject(values) ? values : {});
      count(entries.length);
      return [bank, Object.fromEntries(entries.map(([index, hex]) => [index, toHexText(hex)]))];
    }),
  );
}

function bankOf({ hash_alg: hash }: JsonObject, message: Uint8Array | undefined): string {
  const [selection] = message === undefined ? [] : parseTpmQuote(message).selections;
  if (typeof hash === "string" && /^sha\d+$/iu.test(hash)) {
    return hash.toLowerCase();
  }
  return hash === undefined ? (selection?.bank ?? "sha256") : toTpmHash(Number(hash));
}

function toHexText(value: unknown): string {
  const listed = fromNumbers(value);
  if (listed !== undefined) {
    return toHex(listed);
  }
  const text = String(value);
  const bytes = decodeText(text);
  return bytes === undefined ? text : toHex(bytes);
}
