// SPDX-License-Identifier: Apache-2.0
/**
 * NVIDIA's reference values of a driver or VBIOS: a SWID tag with measurements (RIM). ISO/IEC 19770-2:2015; TCG, "Reference
 * Integrity Manifest Information Model"; its resources are NVIDIA's own, as nvtrust's verifier reads them.
 */

import { fromHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { attributeOf, elementsOf } from "../xml/element-content.ts";
import { parseXml, type XmlElement } from "../xml/parse-xml.ts";
import { openSignedXml, type XmlSignature } from "../xml/xml-signature.ts";

/** A manifest; nothing says yet who signed it. */
export interface Rim {
  /** What it is for: `GPU` or `SWITCH`. */
  readonly edition: string;
  /** Chip, as `GH100`. */
  readonly product: string;
  /** Of the driver or VBIOS; nothing else says which of the two it is of. */
  readonly version: string;
  /** IANA's number of who made the firmware. */
  readonly manufacturer: string | undefined;
  /** SHA-384 digests that are good ones, by index from 0: those to be compared. */
  readonly measurements: ReadonlyMap<number, readonly Uint8Array[]>;
  readonly signature: XmlSignature;
}

const namespace = {
  swid: "http://standards.iso.org/iso/19770/-2/2015/schema.xsd",
  rim: "https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/",
  sha384: "http://www.w3.org/2001/04/xmlenc#sha384",
} as const;

const digestBytes = 48;

/** Indexes of SPDM's measurement blocks are from 1 to 0xfe. */
const lastIndex = 0xfd;

/** Good values of one measurement: one for each board, say. */
const mostAlternatives = 64;

/** @throws {StrongroomError} `EvidenceMalformed` if the bytes are no such manifest. */
export function parseRim(bytes: Uint8Array): Rim {
  const { content, signature } = openSignedXml(parseXml(bytes));
  // A tag of one of these kinds says what is added to another or changed, and is no manifest of its own.
  const isBase = ["corpus", "patch", "supplemental"].every(
    (kind) => (attributeOf(content, kind) ?? "false") === "false",
  );
  if (!isSwid(content, "SoftwareIdentity") || !isBase) {
    throw malformed("not a manifest of reference values");
  }
  const [meta, payload] = findParts(content);
  const measurements = readMeasurements(payload);
  if (measurements.size === 0) {
    throw malformed("a manifest has no reference values");
  }
  return {
    edition: requireAttribute(meta, "edition"),
    product: requireAttribute(meta, "product"),
    version: requireAttribute(meta, "colloquialVersion"),
    manufacturer: attributeOf(meta, "FirmwareManufacturerId", namespace.rim),
    ...{ measurements, signature },
  };
}

function isSwid(element: XmlElement, local: string): boolean {
  return element.namespace === namespace.swid && element.local === local;
}

/** What the manifest is of, and its values: one each. Who made it and what it links to are of no concern here. */
function findParts(content: XmlElement): readonly [meta: XmlElement, payload: XmlElement] {
  const parts = elementsOf(content);
  const named = (local: string) => parts.filter((one) => isSwid(one, local));
  const [[meta], [payload]] = [named("Meta"), named("Payload")];
  const passed = named("Entity").length + named("Link").length;
  if (meta === undefined || payload === undefined || passed + 2 !== parts.length) {
    throw malformed("a manifest has other parts than it may");
  }
  return [meta, payload];
}

function requireAttribute(element: XmlElement, name: string): string {
  const value = attributeOf(element, name);
  if (value === undefined || !/^[\x20-\x7e]{1,128}$/u.test(value)) {
    throw malformed(`a manifest has no ${name}`);
  }
  return value;
}

/** The active ones; the others have to be of the same form. */
function readMeasurements(payload: XmlElement): Rim["measurements"] {
  const seen = new Set<number>();
  const measurements = new Map<number, readonly Uint8Array[]>();
  for (const resource of elementsOf(payload)) {
    const { index, isActive, values } = readResource(resource);
    if (seen.has(index)) {
      throw malformed("a manifest has a measurement twice");
    }
    seen.add(index);
    if (isActive) {
      measurements.set(index, values);
    }
  }
  return measurements;
}

function readResource(resource: XmlElement) {
  const isMeasurement =
    isSwid(resource, "Resource") &&
    elementsOf(resource).length === 0 &&
    attributeOf(resource, "type") === "Measurement" &&
    attributeOf(resource, "size") === String(digestBytes);
  if (!isMeasurement) {
    throw malformed("a manifest has a resource that is no SHA-384 measurement");
  }
  const active = attributeOf(resource, "active");
  if (active !== "True" && active !== "False") {
    throw malformed("a manifest does not say whether a measurement counts");
  }
  const index = readNumber(resource, "index", lastIndex);
  const count = readNumber(resource, "alternatives", mostAlternatives);
  return { index, isActive: active === "True", values: readValues(resource, count) };
}

/** As many as the resource says that it has, at least one. */
function readValues(resource: XmlElement, count: number): readonly Uint8Array[] {
  const given = resource.attributes.filter((one) => one.namespace === namespace.sha384);
  const values = given.map((_, index) => {
    const hex = attributeOf(resource, `Hash${index}`, namespace.sha384);
    return hex !== undefined && /^[0-9a-f]{96}$/iu.test(hex)
      ? fromHex(hex.toLowerCase())
      : undefined;
  });
  const digests = values.filter((one) => one !== undefined);
  if (digests.length === 0 || digests.length !== count || given.length !== count) {
    throw malformed("a measurement has other values than it says");
  }
  return digests;
}

function readNumber(resource: XmlElement, name: string, most: number): number {
  const text = attributeOf(resource, name) ?? "";
  if (!/^(?:0|[1-9]\d{0,2})$/u.test(text) || Number(text) > most) {
    throw malformed(`a measurement has no ${name}, or one that is too high`);
  }
  return Number(text);
}
