// SPDX-License-Identifier: Apache-2.0
/** JSON about a TPM: every form that it may have, and what is malformed. */

import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex, utf8 } from "@strongroom/core";
import { pemOf } from "@strongroom/testing";
import { serializedPcrs } from "../__fixtures__/anchored-quotes.ts";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { encodeQuote, pcrBanks, pcrValue } from "../__fixtures__/test-quote.ts";
import {
  bothPcrs,
  first,
  key,
  leaf,
  log,
  message,
  rsaSpki,
  signature,
  zeroth,
} from "../__fixtures__/tpm-file-parts.ts";
import { openTpmFile } from "./open-tpm-file.ts";
import { parsePcrBanks } from "./pcr-values.ts";

describe("JSON about a TPM", () => {
  const open = (value: unknown) => openTpmFile(utf8(JSON.stringify(value)));
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const item = { kind: "signed-quote", message, signature, pcrs: undefined };
  const [hexMessage, hexSignature] = [toHex(message), toHex(signature)];
  const pair = { quote: hexMessage, sig: hexSignature };
  const rows = (count: number) => Array.from({ length: count }, (_, index) => [index, zeroth]);
  const nest = (levels: number): unknown => (levels === 0 ? pair : { evidence: nest(levels - 1) });

  it.each<[string, unknown]>([
    ["quote and sig", pair],
    [
      "message and signature, in base64",
      { message: base64(message), signature: base64(signature) },
    ],
    ["msg and raw_sig, with endings", { msg_b64: base64(message), raw_sig_hex: hexSignature }],
    ["attest, in a list of numbers", { attest_base64: [...message], signature: [...signature] }],
    ["a list of quotes", { quotes: [pair] }],
    ["a quote's object", { quote: pair }],
    ["other containers", { attestation: { tpm_quote: pair } }],
    ["four objects, one in the other", nest(3)],
    ["a member that is none first", { message: 1, quote: hexMessage, signature: hexSignature }],
  ])("may have a quote as %s", (_, value) => {
    expect(open(value)).toEqual([item]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, unknown]>([
    ["its key", { ak_pub: toHex(key.akPublic) }, { kind: "public", encoded: key.akPublic }],
    ["its key in PEM", { akPub_pem: pemOf("PUBLIC KEY", rsaSpki) }, { kind: "spki", der: rsaSpki }],
    ["its key's structure", { ak_pub_tpmt_hex: toHex(key.akPublic) }, { kind: "public" }],
    ["a public area", { pubArea_hex: toHex(key.akPublic) }, { kind: "public" }],
    ["a certificate", { ek_cert_b64: base64(leaf) }, { kind: "certificate", der: leaf }],
    ["a certificate in PEM", { akCert: pemOf("CERTIFICATE", leaf) }, { kind: "certificate" }],
    [
      "its key as Keylime's registrar has it",
      { aik_tpm: base64(key.akPublic) },
      { kind: "public" },
    ],
    ["a log", { eventlog: base64(log) }, { kind: "event-log", log }],
    ["values by bank", { pcrs: bothPcrs }, { kind: "pcrs", banks: bothPcrs }],
    ["values of no bank", { pcrs: bothPcrs.sha256 }, { kind: "pcrs", banks: bothPcrs }],
    ["values in a list", { pcrs: [zeroth, first] }, { kind: "pcrs", banks: bothPcrs }],
    [
      "values as they are written",
      { pcrs: { "0": `0x${zeroth.toUpperCase()}`, "1": [...pcrValue(1)] } },
      { kind: "pcrs", banks: bothPcrs },
    ],
    [
      "values in base64",
      { pcrs: { "0": base64(pcrValue(0)), "1": base64(pcrValue(1)) } },
      { kind: "pcrs", banks: bothPcrs },
    ],
    [
      "values of a bank that is named",
      { hash_alg: 0x0c, pcrs: [toHex(pcrValue(0, "sha384"))] },
      { kind: "pcrs", banks: { sha384: { "0": toHex(pcrValue(0, "sha384")) } } },
    ],
  ])("may have %s", (_, value, found) => {
    expect(open(value)).toMatchObject([found]);
    expect(open(value)).toHaveLength(1);
  });

  it("has values of the bank that its quote selects, and the quote before the rest", () => {
    const quote = encodeQuote({ bank: "sha384" });
    const pcrs = { "7": toHex(pcrValue(7, "sha384")) };
    const all = { event_log: base64(log), quote: toHex(quote), sig: hexSignature, pcrs };
    expect(open(all)).toEqual([
      { kind: "signed-quote", message: quote, signature, pcrs: { sha384: pcrs } },
      { kind: "event-log", log },
    ]);
    expect(open({ pcrs: pcrBanks(), evidence: pair })).toEqual([
      { kind: "pcrs", banks: pcrBanks() },
      item,
    ]);
  });

  it.each<[string, unknown]>([
    ["nothing", {}],
    ["a quote alone", { quote: hexMessage }],
    ["a signature alone", { sig: hexSignature }],
    ["other names", { xquote: hexMessage, xsig: hexSignature }],
    ["names with another ending", { quote_raw: hexMessage, sig_raw: hexSignature }],
    ["five objects, one in the other", nest(4)],
    ["bytes that are none", { quote: [...message, 256], sig: hexSignature }],
    ["registers that are none", { pcrs: 1 }],
  ])("is malformed with %s", (_, value) => {
    expect(() => open(value)).toThrow("json with nothing of a tpm");
  });

  it("may have several certificates, in one text or in a list", () => {
    const certificate = { kind: "certificate", der: leaf };
    const chain = pemOf("CERTIFICATE", leaf).repeat(2);
    const intermediateCerts = [base64(leaf), pemOf("CERTIFICATE", leaf)];
    expect(open({ ak_cert_chain: chain })).toEqual([certificate, certificate]);
    expect(open({ intermediateCerts })).toEqual([certificate, certificate]);
    expect(() => open({ intermediateCerts: [] })).toThrow("json with nothing of a tpm");
  });

  it("may be go-tpm-tools' message, as Protocol Buffers are written in JSON", () => {
    const pcrs = { hash: "SHA256", pcrs: { "0": base64(pcrValue(0)), "1": base64(pcrValue(1)) } };
    const quote = { quote: base64(message), rawSig: base64(signature), pcrs };
    expect(open({ akPub: base64(key.akPublic), quotes: [quote] })).toEqual([
      { kind: "signed-quote", message, signature, pcrs: bothPcrs },
      { kind: "public", encoded: key.akPublic },
    ]);
  });

  it("may be what Keylime's agents answer, or its text alone", () => {
    const parts = [message, signature, serializedPcrs()].map(base64);
    const quote = `r${parts.join(":")}`;
    const item = { kind: "signed-quote", message, signature, pcrs: pcrBanks() };
    expect(openTpmFile(utf8(`${quote}\n`))).toEqual([item]);
    expect(
      open({ results: { quote, hash_alg: "sha256", mb_measurement_list: base64(log) } }),
    ).toEqual([item, { kind: "event-log", log }]);
    const other = `r${[...parts.slice(0, 2), base64(signature)].join(":")}`;
    expect(() => open({ quote: other })).toThrow("values in another form");
  });

  it("may have a log of a workstation", () => {
    const long = concatBytes(log, new Uint8Array(200_000).fill(0xff));
    expect(open({ ...pair, event_log: base64(long) })).toEqual([
      item,
      { kind: "event-log", log: long },
    ]);
  });

  it("may have what a kernel measured, up to 4 MiB of it", () => {
    const list = (length: number) => ({ ...pair, ima_measurement_list: "a".repeat(length) });
    const rest = JSON.stringify(list(0)).length;
    expect(open(list(4_194_304 - rest))).toEqual([item]);
    expect(() => open(list(4_194_305 - rest))).toThrow("a file of 4194305 bytes");
  });

  it.each<[string, (count: number) => unknown, number]>([
    ["objects", (count) => ({ quotes: Array(count - 1).fill({}), ...pair }), 256],
    ["quotes", (count) => ({ quotes: Array(count).fill(pair) }), 128],
    ["certificates", (count) => ({ ek_cert: Array(count).fill(base64(leaf)) }), 256],
    ["certificates in one text", (count) => ({ ek_cert: pemOf("A", leaf).repeat(count) }), 256],
    ["keys as numbers", (count) => ({ quotes: Array(count).fill({ ak_pub: [1] }) }), 255],
    ["registers", (count) => ({ pcrs: Array(count).fill(zeroth) }), 1024],
    ["registers by index", (count) => ({ pcrs: Object.fromEntries(rows(count)) }), 1024],
    ["registers of banks", (count) => ({ pcrs: { a: Object.fromEntries(rows(count)) } }), 1024],
  ])("is malformed with more %s than any TPM has", (_, write, most) => {
    expect(open(write(most))).not.toHaveLength(0);
    expect(() => open(write(most + 1))).toThrow("json with too much of a tpm");
  });

  it.each([1, null, ["sha256"], "0x"])("is malformed with values of a bank %j", (hash) => {
    expect(() => open({ hash_alg: hash, pcrs: [zeroth] })).toThrow(malformedWith("is not known"));
  });

  it.each([null, "none", [256]])("is no proof of anything with %j for a value", (value) => {
    const [item] = open({ pcrs: { "0": value } });
    expect(item).toEqual({ kind: "pcrs", banks: { sha256: { "0": String(value) } } });
    expect(() => parsePcrBanks(item?.kind === "pcrs" ? item.banks : {})).toThrow(
      malformedWith("pcr"),
    );
  });
});
