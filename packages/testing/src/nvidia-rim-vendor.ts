// SPDX-License-Identifier: Apache-2.0
/**
 * Reference values of an NVIDIA for tests (RIM), under a root of their own, with any value and any fault. What is signed is
 * written in its canonical form, so that no canonicalization is shared with whoever verifies.
 */

import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type OcspRequest, respondOcsp } from "./ocsp-response.ts";
import { certifyP384, type P384CertificateRequest } from "./p384-certificate.ts";

/** A measurement's index from 0, and its good values. */
export type RimValue = readonly [index: number, digests: readonly Uint8Array[]];

/** A manifest, where it differs from one of the driver of the vendor's devices. */
export interface RimRequest {
  readonly version?: string;
  readonly edition?: string;
  readonly values?: readonly RimValue[];
  /** Changes the canonical document before it is signed. */
  readonly content?: (document: string) => string;
  /** Changes the canonical SignedInfo before it is signed. */
  readonly signedInfo?: (info: string) => string;
  /** Changes the whole manifest behind the signer's back. */
  readonly written?: (document: string) => string;
  readonly signer?: KeyObject;
  readonly leaf?: P384CertificateRequest;
  readonly intermediate?: P384CertificateRequest;
  /** How many of the chain's three certificates come along, the signer's first. */
  readonly certificates?: number;
}

/** Who signs manifests; the fingerprint is the SHA-256 of the root's certificate. */
export interface RimVendor {
  readonly fingerprint: string;
  readonly root: Uint8Array;
  readonly rim: (request?: RimRequest) => Uint8Array;
  /** What the issuers say of the signer's certificate and of its CA's. */
  readonly revocation: (signer?: OcspRequest, ca?: OcspRequest) => readonly Uint8Array[];
}

/** The namespaces that are in force in the signature, as a canonical tag has them. */
const swid = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
const dsig = "http://www.w3.org/2000/09/xmldsig#";
const more = "http://www.w3.org/2001/04/xmldsig-more#";
const c14n = "http://www.w3.org/2006/12/xml-c14n11";
const tcg =
  "https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/";
const [ns0, ns2] = [`xmlns:ns0="${swid}"`, 'xmlns:ns2="http://www.w3.org/2001/04/xmlenc#sha384"'];

/** Makes a vendor. */
export function createRimVendor(): RimVendor {
  const keys = { root: ecKey(), ca: ecKey(), signer: ecKey() };
  const root = certifyP384(
    { issuer: "rim root", subject: "rim root", key: keys.root, issuerKey: keys.root },
    {},
  );
  return {
    fingerprint: createHash("sha256").update(root).digest("hex"),
    root,
    rim: (request = {}) => {
      const ca = certifyP384(
        { issuer: "rim root", subject: "rim ca", key: keys.ca, issuerKey: keys.root },
        { pathLength: 0, ...request.intermediate },
      );
      const signer = certifyP384(
        { issuer: "rim ca", subject: "rim signer", key: keys.signer, issuerKey: keys.ca },
        { isCa: false, usage: 0x80, ...request.leaf },
      );
      const chain = [signer, ca, root].slice(0, request.certificates ?? 3);
      return signRim(request, request.signer ?? keys.signer, chain);
    },
    revocation: (signer, ca) => [
      respondOcsp({ name: "rim ca", key: keys.ca }, signer),
      respondOcsp({ name: "rim root", key: keys.root }, ca),
    ],
  };
}

function signRim(request: RimRequest, key: KeyObject, chain: readonly Uint8Array[]): Uint8Array {
  const document = (request.content ?? same)(writeContent(request));
  const digest = createHash("sha384").update(document).digest("base64");
  const info = (request.signedInfo ?? same)(writeSignedInfo(digest));
  const value = sign("sha384", Buffer.from(info), { key, dsaEncoding: "ieee-p1363" });
  const listed = chain
    .map((one) => `<ds:X509Certificate>${Buffer.from(one).toString("base64")}</ds:X509Certificate>`)
    .join("");
  const signature =
    `<ds:Signature xmlns:ds="${dsig}">${info}` +
    `<ds:SignatureValue>${value.toString("base64")}</ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data>${listed}</ds:X509Data></ds:KeyInfo></ds:Signature>`;
  const end = document.lastIndexOf("</");
  const whole = `${document.slice(0, end)}${signature}${document.slice(end)}\n`;
  return new Uint8Array(Buffer.from((request.written ?? same)(whole)));
}

const same = (text: string) => text;

/** Attributes stand in canonical order. */
function writeContent({ version = "590.12", edition = "GPU", values = usual }: RimRequest): string {
  const kind = 'corpus="false" name="GH100" patch="false" supplemental="false"';
  const resources = [...values.map(writeResource), inactive].join("");
  return (
    `<SoftwareIdentity xmlns="${swid}" ${ns0} ${ns2} ${kind} tagId="7" tagVersion="0" version="1.0">\n` +
    `  <ns0:Entity name="NVIDIA" role="softwareCreator tagCreator"></ns0:Entity>\n` +
    `  <ns0:Meta xmlns:ns1="${tcg}" PayloadType="direct" colloquialVersion="${version}" ` +
    `edition="${edition}" product="GH100" ns1:FirmwareManufacturerId="5703"></ns0:Meta>\n` +
    `  <ns0:Payload>\n${resources}  </ns0:Payload>\n</SoftwareIdentity>`
  );
}

/** What the second measurement of the vendor's devices is. */
const usual: readonly RimValue[] = [[1, [new Uint8Array(48).fill(2)]]];

const inactive =
  `    <ns0:Resource active="False" alternatives="1" index="63" name="Measurement_63" size="48" ` +
  `type="Measurement" ns2:Hash0="${"00".repeat(48)}"></ns0:Resource>\n`;

function writeResource([index, digests]: RimValue): string {
  const hashes = digests.map((one, place) => {
    const hex = Buffer.from(one).toString("hex");
    return ` ns2:Hash${place}="${hex}"`;
  });
  return (
    `    <ns0:Resource active="True" alternatives="${digests.length}" index="${index}" ` +
    `name="Measurement_${index}" size="48" type="Measurement"${hashes.join("")}></ns0:Resource>\n`
  );
}

function writeSignedInfo(digest: string): string {
  const algorithm = (name: string, uri: string) => `<ds:${name} Algorithm="${uri}"></ds:${name}>`;
  const transforms = [`${dsig}enveloped-signature`, c14n].map((one) => algorithm("Transform", one));
  return (
    `<ds:SignedInfo xmlns="${swid}" xmlns:ds="${dsig}" ${ns0} ${ns2}>` +
    algorithm("CanonicalizationMethod", c14n) +
    algorithm("SignatureMethod", `${more}ecdsa-sha384`) +
    `<ds:Reference URI=""><ds:Transforms>${transforms.join("")}</ds:Transforms>` +
    algorithm("DigestMethod", `${more}sha384`) +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`
  );
}

function ecKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
}
