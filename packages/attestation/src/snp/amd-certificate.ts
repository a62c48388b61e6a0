// SPDX-License-Identifier: Apache-2.0
/** What a VCEK or VLEK certificate says about the key's chip and firmware. AMD 57230, section 3, tables 8 to 10. */

import { ByteReader, malformed } from "../byte-reader.ts";
import type { Certificate } from "../x509/certificate.ts";
import { type AmdProduct, productOfName } from "./product.ts";

/** A key that signs reports, as its certificate describes it. */
export interface AmdLeaf {
  readonly certificate: Certificate;
  readonly product: AmdProduct;
  /** TCB_VERSION that the key was derived for; eight bytes as in a report. */
  readonly tcb: Uint8Array;
  /** A chip's key has the chip's id, a provider's key the provider's. */
  readonly holder:
    | { readonly kind: "vcek"; readonly hwId: Uint8Array }
    | { readonly kind: "vlek"; readonly cspId: string };
}

const arc = "1.3.6.1.4.1.3704.1";
const oid = { product: `${arc}.2`, spl: `${arc}.3`, hwId: `${arc}.4`, cspId: `${arc}.5` } as const;

/** Numbers of the SPL extensions in the order of TCB_VERSION's bytes. */
const splOrder = {
  older: [1, 2, 4, 5, 6, 7, 3, 8],
  turin: [9, 1, 2, 3, 5, 6, 7, 8],
} as const;

/** Extensions for bytes that have no meaning yet; older certificates may go without them. */
const reservedSpl = new Set<number>([4, 5, 6, 7]);

/** Bytes of a chip's id. */
const hwIdBytes = { Milan: 64, Genoa: 64, Turin: 8 } as const;

const tag = { integer: 0x02, octetString: 0x04, ia5String: 0x16 } as const;

/** Whether the certificate is one of a key that signs reports, and not of a CA. */
export function isAmdLeaf(certificate: Certificate): boolean {
  return certificate.extensions.has(oid.hwId) || certificate.extensions.has(oid.cspId);
}

/** Reads the extensions. @throws {StrongroomError} `EvidenceMalformed` if one is missing or of another form. */
export function readAmdLeaf(certificate: Certificate): AmdLeaf {
  const name = readString(certificate, oid.product);
  const product = productOfName(name);
  if (product === undefined) {
    throw malformed("the certificate names an unknown product");
  }
  const order = product === "Turin" ? splOrder.turin : splOrder.older;
  const tcb = Uint8Array.from(order, (number) => readSpl(certificate, number));
  return { certificate, product, tcb, holder: readHolder(certificate, product) };
}

/** Whether an extension is one of those that are read here. */
export function isAmdExtension(extension: string): boolean {
  return extension.startsWith(`${arc}.`);
}

function readHolder(certificate: Certificate, product: AmdProduct): AmdLeaf["holder"] {
  const { extensions } = certificate;
  if (extensions.has(oid.hwId) === extensions.has(oid.cspId)) {
    throw malformed("the certificate is neither a chip's nor a provider's");
  }
  return extensions.has(oid.hwId)
    ? { kind: "vcek", hwId: readHwId(certificate, hwIdBytes[product]) }
    : { kind: "vlek", cspId: readString(certificate, oid.cspId) };
}

// The id stands bare in the extension, or as an OCTET STRING in newer certificates; the length tells them apart.
function readHwId(certificate: Certificate, length: number): Uint8Array {
  const value = extensionValue(certificate, oid.hwId);
  const isWrapped = value.length === length + 2;
  const hwId = isWrapped ? readPrimitive(value, tag.octetString) : value;
  if (hwId.length !== length) {
    throw malformed(`chip id of ${hwId.length} bytes`);
  }
  return hwId;
}

function readSpl(certificate: Certificate, number: number): number {
  const extension = `${oid.spl}.${number}`;
  if (reservedSpl.has(number) && !certificate.extensions.has(extension)) {
    return 0;
  }
  const content = readPrimitive(extensionValue(certificate, extension), tag.integer);
  const [first = 0, second] = content;
  const isByte = content.length === 1 ? first < 0x80 : content.length === 2 && first === 0;
  if (!isByte || (second !== undefined && second < 0x80)) {
    throw malformed(`security version ${number} is no byte`);
  }
  return second ?? first;
}

function readString(certificate: Certificate, extension: string): string {
  const content = readPrimitive(extensionValue(certificate, extension), tag.ia5String);
  if (content.some((byte) => byte < 0x20 || byte > 0x7e)) {
    throw malformed(`extension ${extension} is no text`);
  }
  return String.fromCharCode(...content);
}

function extensionValue(certificate: Certificate, extension: string): Uint8Array {
  const found = certificate.extensions.get(extension);
  if (found === undefined) {
    throw malformed(`the certificate has no extension ${extension}`);
  }
  return found.value;
}

function readPrimitive(value: Uint8Array, expected: number): Uint8Array {
  const reader = new ByteReader(value);
  const isExpected = reader.u8() === expected;
  const length = reader.u8();
  if (!isExpected || length === 0 || length > 0x7f) {
    throw malformed("an extension of the certificate has another type");
  }
  const content = reader.bytes(length);
  reader.end();
  return content;
}
