// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex, u32be, utf8 } from "@strongroom/core";
import { mintIntelEvidence, pemOf } from "@strongroom/testing";
import { splitOpenEnclaveBlob } from "./open-enclave-blob.ts";
import { openEndorsementFile } from "./open-endorsement-file.ts";

const { endorsements, pki } = mintIntelEvidence();
const bundle: Readonly<Record<string, string>> = JSON.parse(Buffer.from(endorsements).toString());
const crl = Uint8Array.from(Buffer.from(bundle["root_ca_crl"] ?? "", "hex"));
const pem = utf8(`${pemOf("CERTIFICATE", pki.ca.der)}\0`);
const answerOf = (name: string) =>
  utf8(`{"${name}":{"version":3},"signature":"${"ab".repeat(64)}"}\0`);
const parts = [
  ...[Uint8Array.of(1, 0, 0, 0), answerOf("tcbInfo"), pem],
  ...[crl, utf8(`${toHex(crl)}\0`), pem],
  ...[answerOf("enclaveIdentity"), pem, utf8("2023-01-18T21:56:09Z\0")],
];

/** `oe_endorsements_t`, with other numbers at some of its words. */
function endorsementsWith(
  changed: Partial<Record<number, number>> = {},
  all: readonly Uint8Array[] = parts,
): Uint8Array {
  const starts = all.map((_, index) => concatBytes(...all.slice(0, index)).length);
  const data = concatBytes(...all);
  const numbers = [1, 2, 4 * all.length + data.length, all.length, ...starts];
  const words = numbers.map((number, index) => u32be(changed[index] ?? number).toReversed());
  return concatBytes(...words, data);
}

describe("Open Enclave's endorsements", () => {
  it("are nine parts, of which seven are Intel's", () => {
    expect(splitOpenEnclaveBlob(endorsementsWith())).toEqual(parts);
    expect(openEndorsementFile(endorsementsWith()).map(({ kind }) => kind)).toEqual([
      ...["tcb-info", "certificate", "crl", "crl", "certificate", "identity", "certificate"],
    ]);
  });

  it.each([
    ["a zero behind", Uint8Array.of(0), crl],
    ["something else behind", Uint8Array.of(1), concatBytes(crl, Uint8Array.of(1))],
    ["two zeros behind", new Uint8Array(2), concatBytes(crl, new Uint8Array(2))],
  ])("have lists in DER, with %s", (_, behind, expected) => {
    const file = endorsementsWith({}, parts.with(3, concatBytes(crl, behind)));
    expect(splitOpenEnclaveBlob(file)).toEqual(parts.with(3, expected));
  });

  it.each([
    ["another version", { 0: 2 }],
    ["another kind of enclave", { 1: 1 }],
    ["another length", { 2: 7 }],
    ["another count", { 3: 8 }],
    ["a first part that begins later", { 4: 1 }],
    ["parts out of order", { 6: 1 }],
    ["a last part that begins behind the end", { 12: 0xffff }],
  ])("are none with %s", (_, changed) => {
    expect(splitOpenEnclaveBlob(endorsementsWith(changed))).toBeUndefined();
  });

  it("are none if shorter than their table, or with more behind", () => {
    expect(splitOpenEnclaveBlob(endorsementsWith().slice(0, 51))).toBeUndefined();
    const header = [1, 2, 4, 9].map((word) => u32be(word).toReversed());
    expect(splitOpenEnclaveBlob(concatBytes(...header, new Uint8Array(4)))).toBeUndefined();
    const longer = concatBytes(endorsementsWith(), new Uint8Array(1));
    expect(splitOpenEnclaveBlob(longer)).toBeUndefined();
  });
});

describe("Intel's table of pointers and sizes", () => {
  const ended = (bytes: Uint8Array) => concatBytes(bytes, Uint8Array.of(0));
  const items = [pem, ended(crl), ended(crl), parts[1], pem, parts[6], pem] as const;
  const le = (value: number) => u32be(value).toReversed();

  /** `sgx_ql_qve_collateral_t` of TDX, version 3.1, and what it points to. */
  const table = (...all: readonly (Uint8Array | undefined)[]) => {
    const known = all.map((item) => item ?? new Uint8Array());
    const entries = known.flatMap(({ length }) => [le(7), le(8), le(length), le(0)]);
    return concatBytes(le(0x00010003), le(0x81), ...entries, ...known);
  };

  it("has lists in DER that end with a zero, as text does", () => {
    expect(splitOpenEnclaveBlob(table(...items))).toEqual([
      ...[pem, crl, crl, parts[1], pem, parts[6], pem],
    ]);
    expect(openEndorsementFile(table(...items)).map(({ kind }) => kind)).toEqual([
      ...["certificate", "crl", "crl", "tcb-info", "certificate", "identity", "certificate"],
    ]);
  });

  it("is none where its sizes are not those of what follows", () => {
    expect(splitOpenEnclaveBlob(table(...items).slice(0, -1))).toBeUndefined();
    expect(splitOpenEnclaveBlob(table(...items.slice(1)))).toBeUndefined();
  });
});
