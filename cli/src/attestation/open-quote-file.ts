// SPDX-License-Identifier: Apache-2.0
/** Quotes of TDX and SGX as people keep them: bytes, hexadecimal, base64, or in an agent's JSON. */

import {
  asAscii,
  decodeText,
  isEventLog,
  isJsonObject,
  parseStrictJson,
  toBinary,
} from "@strongroom/attestation";

const names = ["quote", "td_quote", "tdx_quote", "sgx_quote", "intel_quote", "quote_b64"] as const;
const containers = ["evidence", "tdx", "sgx", "quote", "data"] as const;

const logs = ["cc_eventlog", "ccel", "event_log", "eventLog"] as const;

/** A quote, and the event log that was in the same file. */
export interface OpenedQuote {
  readonly quote: Uint8Array;
  readonly eventLogs: readonly Uint8Array[];
}

/** The quote's bytes, or the file's where it holds none that is known: parsing then says what is wrong. */
export function openQuoteFile(file: Uint8Array): OpenedQuote {
  const text = asAscii(file)?.trim();
  if (text?.startsWith("{") !== true) {
    return { quote: withoutHeader(toBinary(file)), eventLogs: [] };
  }
  const json = parseStrictJson(file, longest);
  const eventLog = find(json, logs, depth);
  return {
    quote: withoutHeader(find(json, names, depth) ?? file),
    eventLogs: eventLog !== undefined && isEventLog(eventLog) ? [eventLog] : [],
  };
}

/** Intel's quoting enclave, at offset 12 of every quote's header. */
const vendor = { id: Buffer.from("939a7233f79c4ca9940a0db3957f0607", "hex"), offset: 12 } as const;

/** Bytes that Open Enclave and others put before a quote: versions, kinds, sizes. */
const longestHeader = 64;

function withoutHeader(bytes: Uint8Array): Uint8Array {
  const start = Buffer.from(bytes).indexOf(vendor.id) - vendor.offset;
  return start > 0 && start <= longestHeader ? bytes.slice(start) : bytes;
}

/** JSON has an event log beside the quote. */
const longest = 1_048_576;

const depth = 3;

function find(value: unknown, known: readonly string[], left: number): Uint8Array | undefined {
  if (!isJsonObject(value) || left === 0) {
    return undefined;
  }
  const [text] = known.map((name) => value[name]).filter((one) => typeof one === "string");
  if (text !== undefined) {
    return decodeText(text);
  }
  return containers
    .map((name) => find(value[name], known, left - 1))
    .find((one) => one !== undefined);
}
