// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex, u32be, utf8 } from "@strongroom/core";
import { cbor, mintIntelEvidence, protobuf, tdxQuoteMessage } from "@strongroom/testing";
import { openQuoteFile } from "./open-quote-file.ts";

const { quote } = mintIntelEvidence();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const json = (value: unknown) => utf8(JSON.stringify(value));

/** `qgs_msg_get_quote_resp_s`: version, type and sizes, an id of 16 bytes, the quote. */
const answered = concatBytes(Uint8Array.of(1, 0, 1, 0, 1), new Uint8Array(35), quote);

/** Compressed, and too long for a word all the same. */
const other = Uint8Array.from({ length: 64 }, (_, index) => index);
const fifteen = Array(15).fill(base64(gzipSync(other)));

describe("a quote", () => {
  it.each<[string, Uint8Array]>([
    ["a list of numbers", json([...quote])],
    ["a list of numbers in an object", json({ quote: [...quote] })],
    ["an agent's JSON", json({ quote: base64(quote), cc_eventlog: null })],
    ["base64 of an agent's JSON", utf8(base64(json({ quote: base64(quote) })))],
    [
      "Intel Trust Authority's request",
      json({ tdx: { runtime_data: null, quote: base64(quote), verifier_nonce: { val: "AA==" } } }),
    ],
    ["an object under any name", json({ attestations: [{ of_a_tool: toHex(quote) }] })],
    ["hexadecimal with a prefix", json({ intel_quote: `0x${toHex(quote)}` })],
    [
      "bytes behind a length",
      json({ attestation: toHex(concatBytes(Uint8Array.of(0, 0, 9, 8), quote)) }),
    ],
    ["the answer of Intel's quoting service", answered],
    [
      "the buffer of Linux' driver",
      concatBytes(new Uint8Array(24), u32be(answered.length), answered),
    ],
    ["compressed bytes", json({ format: "a uri", body: base64(gzipSync(quote)) })],
    ["JSON in a text", json({ evidence: JSON.stringify({ quote: base64(quote) }) })],
    [
      "JSON in base64",
      json({ evidence: Buffer.from(json({ quote: toHex(quote) })).toString("base64url") }),
    ],
    [
      "the kernel's files, in CBOR",
      cbor({
        pairs: [
          ["outblob", quote],
          ["auxblob", new Uint8Array()],
          ["provider", "tdx_guest"],
        ],
      }),
    ],
    ["Google's message", tdxQuoteMessage(quote)],
    ["base64 of Google's message", utf8(base64(tdxQuoteMessage(quote)))],
    ["Google's message in JSON", json({ tdx_attestation: base64(tdxQuoteMessage(quote)) })],
    [
      "a machine's attestation of Google's",
      protobuf([1, Uint8Array.of(0, 1)], [3, utf8("a log")], [9, tdxQuoteMessage(quote)]),
    ],
    ["an object of many words", json({ words: Array(1000).fill("AA=="), quote: toHex(quote) })],
    ["the sixteenth of compressed bytes", json([...fifteen, base64(gzipSync(quote))])],
    ["JSON with letters beyond ASCII", json({ name: "—", quote: base64(quote) })],
  ])("is found in %s", (_, file) => {
    expect(openQuoteFile(file)).toEqual({ quote, eventLogs: [] });
  });

  it.each<[string, Uint8Array]>([
    ["none", json({ quote: "0400" })],
    [
      "a seventeenth of compressed bytes",
      json([...fifteen.slice(0, 1), ...fifteen, base64(gzipSync(quote))]),
    ],
    [
      "one too deep",
      json(Array.from({ length: 9 }).reduce((inner: unknown) => [inner], base64(quote))),
    ],
    [
      "a later one than a header has room for",
      json({ a: toHex(concatBytes(new Uint8Array(97), quote)) }),
    ],
    [
      "more compressed than a quote is",
      json({ a: base64(gzipSync(concatBytes(quote, new Uint8Array(65_536)))) }),
    ],
  ])("is not found in JSON with %s", (_, file) => {
    expect(() => openQuoteFile(file)).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});
