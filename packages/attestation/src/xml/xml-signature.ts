// SPDX-License-Identifier: Apache-2.0
/**
 * The one enveloped signature of a document, over all of it but itself. XML Signature 1.1 knows many more: other parts,
 * transforms, keys by name, what is fetched. Whoever may choose among them can have something signed that is not what is read.
 */

import { malformed } from "../byte-reader.ts";
import { canonicalize } from "./canonical-xml.ts";
import { elementsOf, textOf } from "./element-content.ts";
import type { XmlElement } from "./parse-xml.ts";

/** A signature, and what it is over; nothing says yet whether it is good, and whose. */
export interface XmlSignature {
  /** What the signature's value is over: the canonical SignedInfo. */
  readonly signedInfo: Uint8Array;
  /** ECDSA with SHA-384: r and s. */
  readonly value: Uint8Array;
  /** SHA-384 that the SignedInfo states. */
  readonly digest: Uint8Array;
  /** What the digest has to be of: the canonical document without its signature. */
  readonly document: Uint8Array;
  /** DER, as they are listed; what was not signed along. */
  readonly certificates: readonly Uint8Array[];
}

/** A document without its signature: all of this was signed, if the signature is good. */
export interface SignedXml {
  readonly content: XmlElement;
  readonly signature: XmlSignature;
}

const dsig = "http://www.w3.org/2000/09/xmldsig#";

const algorithm = {
  enveloped: `${dsig}enveloped-signature`,
  ecdsaSha384: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
  sha384: "http://www.w3.org/2001/04/xmldsig-more#sha384",
} as const;

/** Inclusive, without comments; of the documents that are read here both are the same. */
const canonicalization: readonly string[] = [
  "http://www.w3.org/2006/12/xml-c14n11",
  "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
];

const bytesOf = { digest: 48, signature: 96 } as const;

/** Certificates of one signature. */
const mostCertificates = 16;

/** @throws {StrongroomError} `EvidenceMalformed` if there is not one such signature, of no other form. */
export function openSignedXml(root: XmlElement): SignedXml {
  const [signature, ...others] = findSignatures(root);
  if (signature === undefined || others.length > 0 || !root.children.includes(signature)) {
    throw malformed("a document has not one signature, in its root");
  }
  const [info, value, keyInfo] = partsOf(signature, ["SignedInfo", "SignatureValue", "KeyInfo"]);
  return {
    content: { ...root, children: root.children.filter((child) => child !== signature) },
    signature: {
      signedInfo: canonicalize(info),
      value: readBase64(value, bytesOf.signature),
      digest: readDigest(info),
      document: canonicalize(root, signature),
      certificates: readCertificates(keyInfo),
    },
  };
}

function findSignatures(element: XmlElement): readonly XmlElement[] {
  const inside = element.children.flatMap((child) =>
    typeof child === "string" ? [] : findSignatures(child),
  );
  const isOne = element.namespace === dsig && element.local === "Signature";
  return isOne ? [element, ...inside] : inside;
}

/** The digest that is stated, of the whole document. */
function readDigest(info: XmlElement): Uint8Array {
  const names = ["CanonicalizationMethod", "SignatureMethod", "Reference"] as const;
  const [form, method, reference] = partsOf(info, names);
  assertAlgorithm(form, canonicalization);
  assertAlgorithm(method, [algorithm.ecdsaSha384]);
  const parts = ["Transforms", "DigestMethod", "DigestValue"] as const;
  const [transforms, digestMethod, digest] = partsOf(reference, parts, { URI: "" });
  const [enveloped, canonical] = partsOf(transforms, ["Transform", "Transform"]);
  assertAlgorithm(enveloped, [algorithm.enveloped]);
  assertAlgorithm(canonical, canonicalization);
  assertAlgorithm(digestMethod, [algorithm.sha384]);
  return readBase64(digest, bytesOf.digest);
}

function readCertificates(keyInfo: XmlElement): readonly Uint8Array[] {
  const [data] = partsOf(keyInfo, ["X509Data"]);
  const listed = elementsOf(data).length;
  if (listed === 0 || listed > mostCertificates) {
    throw malformed("a signature has no certificates, or too many");
  }
  const certificates = partsOf(data, Array<string>(listed).fill("X509Certificate"));
  return certificates.map((one) => readBase64(one));
}

/** The elements in one, which are these and no others, and which has these attributes alone. */
function partsOf<const Names extends readonly string[]>(
  element: XmlElement,
  names: Names,
  attributes: Readonly<Record<string, string>> = {},
): { readonly [Index in keyof Names]: XmlElement } {
  const parts = elementsOf(element);
  assertAttributes(element, attributes);
  if (!areNamed(parts, names)) {
    throw malformed("a signature has other parts than it may");
  }
  return parts;
}

function areNamed<Names extends readonly string[]>(
  parts: readonly XmlElement[],
  names: Names,
): parts is { readonly [Index in keyof Names]: XmlElement } {
  return (
    parts.length === names.length &&
    parts.every(({ namespace, local }, index) => namespace === dsig && local === names[index])
  );
}

function assertAttributes(element: XmlElement, expected: Readonly<Record<string, string>>): void {
  const isSo =
    element.attributes.length === Object.keys(expected).length &&
    element.attributes.every(({ name, value }) => expected[name] === value);
  if (!isSo) {
    throw malformed("a signature is of another part than the whole, or has an attribute");
  }
}

function assertAlgorithm(element: XmlElement, accepted: readonly string[]): void {
  const [first] = element.attributes;
  partsOf(element, [], { Algorithm: first?.value ?? "" });
  if (first === undefined || !accepted.includes(first.value)) {
    throw malformed("a signature is by an algorithm that is not taken");
  }
}

/** White space in it is passed over. */
function readBase64(element: XmlElement, length?: number): Uint8Array {
  assertAttributes(element, {});
  const text = textOf(element).replaceAll(/[ \t\r\n]/gu, "");
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text || (length !== undefined && bytes.length !== length)) {
    throw malformed("a signature has bytes in no base64, or of another length");
  }
  return new Uint8Array(bytes);
}
