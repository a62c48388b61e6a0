// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex, utf8 } from "@strongroom/core";
import { pemOf } from "@strongroom/testing";
import { ecdsaKey, rsaKey } from "../__fixtures__/test-attestation-key.ts";
import { encodeEventLog } from "../__fixtures__/test-event-log.ts";
import { encodeQuote, pcrBanks, pcrValue } from "../__fixtures__/test-quote.ts";
import { collectTpmEvidence, collectTpmKeys } from "./collect-tpm-evidence.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { tpmPublicKey } from "./tpm-key.ts";

const key = rsaKey("rsassa");
const eight = [0, 1, 2, 3, 4, 5, 6, 7];
const rowOf = (indexes: readonly number[], bank: "sha1" | "sha256" = "sha256") =>
  concatBytes(...indexes.map((index) => pcrValue(index, bank)));
const listing = (bank: "sha1" | "sha256", indexes: readonly number[]) =>
  utf8(`${bank}:\n${indexes.map((one) => `${one} : 0x${toHex(pcrValue(one, bank))}`).join("\n")}`);
const json = (value: unknown) => utf8(JSON.stringify(value));
const quote = encodeQuote({ selected: eight });
const other = encodeQuote({ bank: "sha1", selected: [1, 2] });
const [signature, otherSignature] = [key.sign(quote), key.sign(other)];
const bare = signature.slice(6);

describe("what came about one TPM", () => {
  it.each<[string, readonly Uint8Array[], readonly unknown[]]>([
    [
      "a quote without values",
      [quote, signature],
      [{ message: quote, signature, pcrs: undefined }],
    ],
    [
      "values as long as the bare signature before them",
      [quote, bare, rowOf(eight)],
      [{ message: quote, signature: bare, pcrs: pcrBanks(eight) }],
    ],
    [
      "values of another length",
      [quote, signature, rowOf([0, 1])],
      [{ message: quote, signature, pcrs: undefined }],
    ],
    [
      "two quotes, each with its signature and its bank's values",
      [quote, other, listing("sha256", eight), listing("sha1", [1, 2]), signature, otherSignature],
      [
        { message: quote, signature, pcrs: pcrBanks(eight) },
        { message: other, signature: otherSignature, pcrs: pcrBanks([1, 2], "sha1") },
      ],
    ],
    [
      "values of more banks than were quoted",
      [other, otherSignature, json({ pcrs: { ...pcrBanks([1, 2], "sha1"), ...pcrBanks(eight) } })],
      [{ message: other, signature: otherSignature, pcrs: pcrBanks([1, 2], "sha1") }],
    ],
    [
      "a quote with its own values before what lies loose",
      [quote, signature, json({ quote: toHex(other), sig: toHex(otherSignature), pcrs: {} })],
      [
        { message: other, signature: otherSignature, pcrs: {} },
        { message: quote, signature, pcrs: undefined },
      ],
    ],
    [
      "a quote in JSON without values, which lie beside it",
      [json({ quote: toHex(other), sig: toHex(otherSignature) }), listing("sha1", [1, 2])],
      [{ message: other, signature: otherSignature, pcrs: pcrBanks([1, 2], "sha1") }],
    ],
  ])("has %s", (_, files, quotes) => {
    expect(collectTpmEvidence(files).quotes).toEqual(quotes);
  });

  it("has values one after the other of several banks, in the quote's order", () => {
    // SHA-1 and SHA-256, registers 1 and 2 each.
    const start = other.length - 34 - 10;
    const selections = Uint8Array.from([0, 0, 0, 2, 0, 4, 3, 6, 0, 0, 0, 0x0b, 3, 6, 0, 0]);
    const both = concatBytes(other.slice(0, start), selections, other.slice(start + 10));
    const row = concatBytes(rowOf([1, 2], "sha1"), rowOf([1, 2]));
    const [found] = collectTpmEvidence([both, key.sign(both), row]).quotes;
    const banks = { ...pcrBanks([1, 2], "sha1"), ...pcrBanks([1, 2]) };
    expect(found?.pcrs).toEqual(banks);
    const valuesOf = (...files: readonly Uint8Array[]) =>
      collectTpmEvidence([both, key.sign(both), ...files]).quotes[0]?.pcrs;
    expect(valuesOf(json({ pcrs: banks }))).toEqual(banks);
    expect(valuesOf(listing("sha1", [1, 2]))).toBeUndefined();
  });

  it("covers no register with a row of nothing", () => {
    const none = encodeQuote({ selected: [] });
    const empty = { ak_pub: [], quotes: [{ quote: toHex(none), sig: toHex(key.sign(none)) }] };
    expect(collectTpmEvidence([json(empty)]).quotes[0]?.pcrs).toBeUndefined();
  });

  it("has keys, certificates and logs of 64 files", () => {
    const { akPublic } = ecdsaKey();
    const publicKey = tpmPublicKey(parseTpmPublic(akPublic));
    const spki = utf8(publicKey.export({ type: "spki", format: "pem" }).toString());
    const der = Uint8Array.of(0x30, 0);
    const log = encodeEventLog([]);
    const files = [akPublic, spki, utf8(pemOf("CERTIFICATE", der)), log];
    const found = collectTpmEvidence(files);
    expect(found).toMatchObject({ publicAreas: [akPublic], certificates: [der], eventLogs: [log] });
    expect(found.keys.map((one) => one.equals(publicKey))).toEqual([true]);
    expect(collectTpmKeys([...files, quote])).toMatchObject({
      ...{ publicAreas: [akPublic], certificates: [der] },
    });
    const many = Array<Uint8Array>(65).fill(log);
    expect(collectTpmEvidence(many).eventLogs).toHaveLength(64);
    expect(collectTpmKeys(Array<Uint8Array>(65).fill(akPublic)).publicAreas).toHaveLength(64);
  });

  it("is malformed with a quote too many, or a key that is none", () => {
    expect(() => collectTpmEvidence([quote, other, signature])).toThrow("without a signature");
    const broken = utf8(pemOf("PUBLIC KEY", Uint8Array.of(0x30, 0)));
    expect(() => collectTpmKeys([broken])).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed", message: "not a public key" }),
    );
  });
});
