// SPDX-License-Identifier: Apache-2.0
/** Attribute types of distinguished names: short names, string types, bounds. RFC 4514 section 3, RFC 5280 appendix A. */

import { StrongroomError } from "@strongroom/core";
import {
  type Der,
  ia5String,
  isObjectIdentifier,
  objectIdentifier,
  printableString,
  sequence,
  utf8String,
} from "./der.ts";

/** What is known of an attribute type. */
export interface AttributeType {
  readonly oid: string;
  /** The name that is written; a dotted identifier where there is none. */
  readonly name: string;
  readonly encoding: "utf8" | "printable" | "ia5";
  /** Characters, at most. */
  readonly maxLength: number;
}

const utf8 = (oid: string, name: string, maxLength: number): AttributeType => ({
  ...{ oid, name, maxLength },
  encoding: "utf8",
});
const printable = (oid: string, name: string, maxLength: number): AttributeType => ({
  ...{ oid, name, maxLength },
  encoding: "printable",
});
const ia5 = (oid: string, name: string, maxLength: number): AttributeType => ({
  ...{ oid, name, maxLength },
  encoding: "ia5",
});

const types: readonly AttributeType[] = [
  utf8("2.5.4.3", "CN", 64),
  utf8("2.5.4.4", "SN", 64),
  printable("2.5.4.5", "SERIALNUMBER", 64),
  printable("2.5.4.6", "C", 2),
  utf8("2.5.4.7", "L", 128),
  utf8("2.5.4.8", "ST", 128),
  utf8("2.5.4.9", "STREET", 128),
  utf8("2.5.4.10", "O", 64),
  utf8("2.5.4.11", "OU", 64),
  utf8("2.5.4.12", "T", 64),
  utf8("2.5.4.17", "POSTALCODE", 40),
  utf8("2.5.4.42", "G", 64),
  utf8("2.5.4.43", "I", 64),
  printable("2.5.4.46", "DNQ", 64),
  utf8("0.9.2342.19200300.100.1.1", "UID", 256),
  ia5("0.9.2342.19200300.100.1.25", "DC", 63),
  ia5("1.2.840.113549.1.9.1", "E", 255),
];

/** Other spellings of those names: OpenSSL's, Windows', and the long ones. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["S", "ST"],
  ["EMAIL", "E"],
  ["EMAILADDRESS", "E"],
  ["GN", "G"],
  ["GIVENNAME", "G"],
  ["INITIALS", "I"],
  ["TITLE", "T"],
  ["SURNAME", "SN"],
  ["DNQUALIFIER", "DNQ"],
  ["COMMONNAME", "CN"],
  ["COUNTRYNAME", "C"],
  ["LOCALITYNAME", "L"],
  ["STATEORPROVINCENAME", "ST"],
  ["ORGANIZATIONNAME", "O"],
  ["ORGANIZATIONALUNITNAME", "OU"],
]);

const byName = new Map(types.map((type) => [type.name, type]));
const byOid = new Map(types.map((type) => [type.oid, type]));

/** Type of a written name or dotted identifier. @throws {StrongroomError} `BadParameter` if it is not known. */
export function findAttributeType(written: string): AttributeType {
  const name = written.toUpperCase();
  const known = byName.get(aliases.get(name) ?? name);
  const oid = name.replace(/^OID\./, "");
  if (known === undefined && !isObjectIdentifier(oid)) {
    throw new StrongroomError("BadParameter", "a distinguished name has an unknown attribute type");
  }
  return known ?? attributeTypeOf(oid);
}

/** Type of a dotted identifier. */
export function attributeTypeOf(oid: string): AttributeType {
  return byOid.get(oid) ?? utf8(oid, oid, 256);
}

const alphabets = {
  utf8: /^[^\p{Cc}\p{Cs}]+$/u,
  printable: /^[A-Za-z0-9 '()+,\-./:=?]+$/,
  ia5: /^[\x20-\x7e]+$/,
} as const;
const encoders = { utf8: utf8String, printable: printableString, ia5: ia5String } as const;

/** AttributeTypeAndValue. @throws {StrongroomError} `BadParameter` if the value does not fit its type. */
export function encodeAttribute(type: AttributeType, value: string): Der {
  const length = [...value].length;
  const fits = type.name === "C" ? length === 2 : length <= type.maxLength;
  if (!fits || !alphabets[type.encoding].test(value)) {
    throw new StrongroomError(
      "BadParameter",
      `${type.name} of a distinguished name is empty, too long, or has characters that it cannot have`,
    );
  }
  return sequence(objectIdentifier(type.oid), encoders[type.encoding](value));
}
