// SPDX-License-Identifier: Apache-2.0
/** The subject's alternative name of an endorsement certificate, and what is none. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { der, objectId, sequence } from "@strongroom/testing";
import type { Certificate } from "../x509/certificate.ts";
import { readTpmIdentity } from "./tpm-identity.ts";

const tags = {
  utf8: 0x0c,
  octets: 0x04,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  set: 0x31,
} as const;
const malformed = expect.objectContaining({ code: "EvidenceMalformed" });

const attribute = (last: number, value: Uint8Array) =>
  sequence(objectId(`2.23.133.2.${last}`), value);
const text = (value: string, tag: number = tags.utf8) => der(tag, utf8(value));
const set = (...attributes: readonly Uint8Array[]) => der(tags.set, ...attributes);
const [maker, model, version] = [
  attribute(1, text("id:54455354")),
  attribute(2, text("model")),
  attribute(3, text("id:0001")),
] as const;
const directory = (...relative: readonly Uint8Array[]) => der(0xa4, sequence(...relative));
const dns = der(0x82, utf8("tpm.example"));

function read(...names: readonly Uint8Array[]) {
  const extensions = new Map([["2.5.29.17", { critical: true, value: sequence(...names) }]]);
  return readTpmIdentity({ extensions } as unknown as Certificate);
}

const identity = { manufacturer: "id:54455354", model: "model", version: "id:0001" };

describe("the name of a TPM", () => {
  it.each<[string, readonly Uint8Array[]]>([
    ["in one relative name", [directory(set(maker, model, version))]],
    ["in one relative name each, in any order", [directory(set(version), set(model), set(maker))]],
    ["beside names of other forms", [dns, directory(set(maker, model, version)), dns]],
    ["beside other attributes", [directory(set(maker, attribute(9, der(5)), model, version))]],
  ])("is read %s", (_, names) => {
    expect(read(...names)).toEqual(identity);
  });

  it.each([tags.utf8, tags.printable, tags.teletex, tags.ia5])("may be text of tag %i", (tag) => {
    const other = attribute(2, text("model", tag));
    expect(read(directory(set(maker, other, version)))).toEqual(identity);
  });

  it.each<[string, readonly Uint8Array[]]>([
    ["none", []],
    ["no directory name", [dns]],
    ["two directory names", [directory(set(maker, model, version)), directory(set(maker))]],
    ["relative names that are no sets", [directory(sequence(maker, model, version))]],
    ["attributes that are no sequences", [directory(set(maker, model, version, text("x")))]],
    [
      "attributes that are sets",
      [directory(set(maker, model, version, set(objectId("2.5.4.3"), text("x"))))],
    ],
    ["attributes that are empty", [directory(set(maker, model, version, sequence()))]],
    [
      "attributes without an identifier",
      [directory(set(maker, model, version, sequence(text("a"), text("b"))))],
    ],
    [
      "attributes without a value",
      [directory(set(maker, model, version, sequence(objectId("2.5.4.3"))))],
    ],
    [
      "attributes with two values",
      [directory(set(maker, model, version, sequence(objectId("2.5.4.3"), text("a"), text("b"))))],
    ],
    ["an attribute twice", [directory(set(maker, model, version), set(model))]],
    ["an attribute less", [directory(set(maker, model))]],
    [
      "an attribute that is no text",
      [directory(set(maker, attribute(2, text("model", tags.octets)), version))],
    ],
    [
      "an attribute that is no UTF-8",
      [directory(set(maker, attribute(2, der(tags.utf8, Uint8Array.of(0xff))), version))],
    ],
    [
      "more values than a certificate has",
      [directory(set(maker, model, version)), ...Array<Uint8Array>(512).fill(dns)],
    ],
  ])("is malformed with %s", (_, names) => {
    expect(() => read(...names)).toThrow(malformed);
  });
});
