// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, utf8 } from "@strongroom/core";
import { pemOf } from "@strongroom/testing";
import { ecdsaKey } from "../__fixtures__/test-attestation-key.ts";
import { pcrBanks, pcrValue } from "../__fixtures__/test-quote.ts";
import {
  bothPcrs,
  field,
  key,
  leaf,
  log,
  message,
  opaque,
  padded,
  rsaSpki,
  serialized,
  signature,
  signed,
  spki,
  threeValues,
  token,
  twelve,
  values,
  zeroth,
} from "../__fixtures__/tpm-file-parts.ts";
import {
  parsecEvidence,
  parsecPlatform,
  protobufPcrs,
  protobufQuote,
  selectedPcrs,
} from "../__fixtures__/tpm-files.ts";
import { tpm2b } from "./encode.ts";
import { openTpmFile } from "./open-tpm-file.ts";

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
    ...(["P-256", "P-384", "P-521"] as const).map((curve) => {
      const der = spki(curve);
      return [`a key of ${curve}`, der, [{ kind: "spki", der }]] as [string, Uint8Array, unknown[]];
    }),
    ["a key cut short", spki("P-256").slice(0, -1), [{ kind: "opaque" }]],
    ["a key of P-521 cut short", spki("P-521").slice(0, -1), [{ kind: "opaque" }]],
    ["a certificate as NV memory has it", padded(0), [{ kind: "certificate", der: leaf }]],
    ["one in memory that was erased", padded(0xff), [{ kind: "certificate", der: leaf }]],
    ["one with more behind it", padded(1), [{ kind: "certificate", der: padded(1) }]],
    ["a key of another curve", spki("secp256k1"), [{ kind: "opaque" }]],
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
    [
      "registers of a bank that is not read beside others",
      selectedPcrs([...threeValues.slice(0, 2), pcrValue(23)], undefined, 0x12),
      [{ kind: "pcrs", banks: { sha256: { "0": zeroth, "9": toHex(pcrValue(9)) } } }],
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
});
