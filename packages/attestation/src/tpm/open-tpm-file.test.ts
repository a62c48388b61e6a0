// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, utf8 } from "@strongroom/core";
import { pemOf } from "@strongroom/testing";
import { ekChain } from "../__fixtures__/ek-chain.ts";
import { ecdsaKey, rsaKey } from "../__fixtures__/test-attestation-key.ts";
import { encodeEventLog } from "../__fixtures__/test-event-log.ts";
import { encodeQuote, pcrBanks, pcrValue } from "../__fixtures__/test-quote.ts";
import {
  azureQuoteFile,
  enactTrustToken,
  parsecEvidence,
  parsecPlatform,
  protobufField,
  protobufPcrs,
  protobufQuote,
  selectedPcrs,
} from "../__fixtures__/tpm-files.ts";
import { tpm2b } from "./encode.ts";
import { openTpmFile } from "./open-tpm-file.ts";

const key = rsaKey("rsassa");
const message = encodeQuote();
const signature = key.sign(message);
const spki = (namedCurve: string) =>
  new Uint8Array(
    generateKeyPairSync("ec", { namedCurve }).publicKey.export({ type: "spki", format: "der" }),
  );
const rsaSpki = new Uint8Array(
  createPublicKey(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey).export({
    ...{ type: "spki", format: "der" },
  }),
);
const { leaf } = ekChain();
const log = encodeEventLog([]);
const opaque = (bytes: Uint8Array) => [{ kind: "opaque", bytes }];
const values = concatBytes(pcrValue(0), pcrValue(1));
const [zeroth, first] = [pcrValue(0), pcrValue(1)].map(toHex) as [string, string];
const bothPcrs = { sha256: { "0": zeroth, "1": first } };

const signed = { message, signature };
const token = (...behind: readonly Uint8Array[]) => enactTrustToken(message, ...behind);
const serialized = (count: number, ...behind: readonly Uint8Array[]) =>
  azureQuoteFile(signed, count, ...behind);
const field = protobufField;
const twelve = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const threeValues = [pcrValue(0), pcrValue(9), pcrValue(23, "sha1")];

describe("a file about a TPM", () => {
  it.each<[string, Uint8Array, readonly unknown[]]>([
    ["a quote", message, [{ kind: "quote", message }]],
    ["a quote with its size", tpm2b(message), [{ kind: "quote", message }]],
    ["a signature", signature, [{ kind: "signature", value: signature }]],
    ["a public area", key.akPublic, [{ kind: "public", encoded: key.akPublic }]],
    ["one of RSA with its size", tpm2b(key.akPublic), [{ kind: "public" }]],
    ["what only ends like DER", fromHex("3182000030820000"), [{ kind: "opaque" }]],
    [
      "what only begins like DER",
      concatBytes(fromHex("3159"), new Uint8Array(0x59)),
      [{ kind: "opaque" }],
    ],
    ["a sequence in one of another length", fromHex("3082000430810100"), [{ kind: "spki" }]],
    ["one with its size", tpm2b(ecdsaKey().akPublic), [{ kind: "public" }]],
    [
      "a token of EnactTrust",
      token(signature),
      [{ kind: "signed-quote", message, signature, pcrs: undefined }],
    ],
    ["such a token without a signature", token(), opaque(token())],
    ["a certificate", leaf, [{ kind: "certificate", der: leaf }]],
    ["an RSA key", rsaSpki, [{ kind: "spki", der: rsaSpki }]],
    ...(["P-256", "P-384"] as const).map((curve) => {
      const der = spki(curve);
      return [`a key of ${curve}`, der, [{ kind: "spki", der }]] as [string, Uint8Array, unknown[]];
    }),
    ["a key cut short", spki("P-256").slice(0, -1), [{ kind: "opaque" }]],
    ["a key of another curve", spki("P-521"), [{ kind: "opaque" }]],
    ["an event log", log, [{ kind: "event-log", log }]],
    [
      "registers of tpm2_quote",
      selectedPcrs(threeValues),
      [
        {
          kind: "pcrs",
          banks: {
            sha256: { "0": zeroth, "9": toHex(pcrValue(9)) },
            sha1: { "23": toHex(pcrValue(23, "sha1")) },
          },
        },
      ],
    ],
    [
      "more registers than a list has",
      selectedPcrs(
        [...twelve.map((index) => pcrValue(index)), pcrValue(23, "sha1")],
        [0xff, 0xf, 0],
      ),
      [{ kind: "pcrs", banks: { ...pcrBanks(twelve), ...pcrBanks([23], "sha1") } }],
    ],
    ["registers without a value", selectedPcrs([pcrValue(0)]), [{ kind: "opaque" }]],
    [
      "registers with more behind",
      concatBytes(selectedPcrs(threeValues), Uint8Array.of(0)),
      [{ kind: "opaque" }],
    ],
    [
      "a quote of az-cvm-vtpm",
      serialized(2, values),
      [{ kind: "signed-quote", message, signature, pcrs: bothPcrs }],
    ],
    [
      "the most values",
      serialized(32, ...Array<Uint8Array>(32).fill(pcrValue(1))),
      [{ kind: "signed-quote" }],
    ],
    [
      "too many values",
      serialized(33, ...Array<Uint8Array>(33).fill(pcrValue(1))),
      [{ kind: "opaque" }],
    ],
    ["more than its values", serialized(2, values, Uint8Array.of(0)), [{ kind: "opaque" }]],
    [
      "evidence of Parsec",
      parsecEvidence(parsecPlatform(signed)),
      [{ kind: "signed-quote", message, signature, pcrs: undefined }],
    ],
    ["such evidence without a platform", parsecEvidence(fromHex("f6")), [{ kind: "opaque" }]],
    [
      "such evidence without a signature",
      parsecEvidence(concatBytes(fromHex("a16a"), utf8("attestInfo"), fromHex("4100"))),
      [{ kind: "opaque" }],
    ],
    [
      "such evidence with text for the quote",
      parsecEvidence(parsecPlatform(signed, fromHex("6161"))),
      [{ kind: "opaque" }],
    ],
    [
      "a message of go-tpm-tools",
      concatBytes(
        ...[
          field(2, protobufQuote(signed)),
          field(1, key.akPublic),
          field(6, leaf),
          field(7, leaf),
        ],
        ...[field(3, log), field(4, 5)],
      ),
      [
        { kind: "signed-quote", message, signature, pcrs: bothPcrs },
        { kind: "public", encoded: key.akPublic },
        { kind: "certificate", der: leaf },
        { kind: "certificate", der: leaf },
        { kind: "event-log", log },
      ],
    ],
    ["such a message without quotes", field(1, key.akPublic), [{ kind: "opaque" }]],
    ...[
      [2, 3],
      [1, 3],
      [1, 2],
    ].map((kept) => {
      const parts = {
        1: field(1, message),
        2: field(2, signature),
        3: field(3, protobufPcrs(0x0b)),
      };
      const quote = concatBytes(...kept.map((number) => parts[number as 1 | 2 | 3]));
      return [
        `such a message, its quote with ${kept.join(" and ")} alone`,
        field(2, quote),
        [{ kind: "opaque" }],
      ] as [string, Uint8Array, unknown[]];
    }),
    [
      "such a message with values of no bank",
      field(2, concatBytes(field(1, message), field(2, signature), field(3, protobufPcrs(0x99)))),
      [{ kind: "opaque" }],
    ],
    ["nothing of these", Uint8Array.of(1, 2, 3), opaque(Uint8Array.of(1, 2, 3))],
  ])("may be %s", (_, file, items) => {
    expect(openTpmFile(file)).toMatchObject(items);
  });

  it("in text is what it spells, a listing, PEM or JSON", () => {
    const pem = (label: string) => pemOf(label, rsaSpki);
    expect(openTpmFile(utf8(`\n${toHex(message)}\n`))).toEqual([{ kind: "quote", message }]);
    expect(openTpmFile(utf8(Buffer.from(signature).toString("base64")))).toMatchObject([
      { kind: "signature" },
    ]);
    const text = ["a comment", pem("CERTIFICATE"), pem("PUBLIC KEY"), pem("X509 CRL")].join("\n");
    expect(openTpmFile(utf8(text))).toEqual([
      { kind: "certificate", der: rsaSpki },
      { kind: "spki", der: rsaSpki },
    ]);
    expect(openTpmFile(utf8(` {"pcrs":{"0":"${zeroth}"}}`))).toMatchObject([{ kind: "pcrs" }]);
  });

  it.each<[string, string]>([
    ["tpm2_pcrread's", `sha256:\n  0 : 0x${zeroth.toUpperCase()}\n  1 : 0x${first}`],
    ["with names", `sha256:\n  pcr0: ${zeroth}\n\n  PCR01: ${first}\n`],
    ["of JSON's members", `sha256 :\n"pcr0": "${zeroth}",\n"pcr1": "0x${first}"`],
    ["of a list", `sha256:\n- 0: ${zeroth}\n- 1: ${first}`],
  ])("may be a listing %s", (_, text) => {
    expect(openTpmFile(utf8(text))).toEqual([{ kind: "pcrs", banks: bothPcrs }]);
  });

  it("may be a listing of several banks, one of them empty", () => {
    const sha1 = toHex(pcrValue(3, "sha1"));
    expect(openTpmFile(utf8(`sha384:\nsha1:\n  3 : ${sha1}`))).toEqual([
      { kind: "pcrs", banks: { sha384: {}, sha1: { "3": sha1 } } },
    ]);
  });

  it.each<[string, string, Uint8Array]>([
    ["empty", "a file of 0 bytes", new Uint8Array()],
    ["longer than a MiB", "a file of 1048577 bytes", new Uint8Array(1_048_577)],
    ["a word", "nothing of a tpm", utf8("word")],
    ["a listing without a bank", "nothing of a tpm", utf8(`0 : ${zeroth}`)],
    ["a listing of an unknown bank", "nothing of a tpm", utf8(`sha257:\n0 : ${zeroth}`)],
    ["a listing with a remark", "nothing of a tpm", utf8(`sha256:\n0 : ${zeroth}\nend`)],
    ["a listing with a short value", "nothing of a tpm", utf8("sha256:\n0 : 00")],
    ["a block without an end", "no end", utf8("-----BEGIN CERTIFICATE-----\nAA==")],
  ])("is malformed that is %s: %s", (_, message, file) => {
    expect(() => openTpmFile(file)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("may be as long as a MiB", () => {
    expect(openTpmFile(new Uint8Array(1_048_576))).toHaveLength(1);
  });
});

describe("JSON about a TPM", () => {
  const open = (value: unknown) => openTpmFile(utf8(JSON.stringify(value)));
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const item = { kind: "signed-quote", message, signature, pcrs: undefined };
  const [hexMessage, hexSignature] = [toHex(message), toHex(signature)];
  const pair = { quote: hexMessage, sig: hexSignature };
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

  it("is malformed with values of a bank that is none", () => {
    expect(() => open({ hash_alg: 1, pcrs: [zeroth] })).toThrow("0x1 is not known");
  });
});
