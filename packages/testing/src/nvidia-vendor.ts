// SPDX-License-Identifier: Apache-2.0
/** An NVIDIA for tests: a root of its own, devices that report measurements with any field and any fault. */

import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { der, integer, objectId, sequence } from "./der.ts";
import { type OcspRequest, respondOcsp } from "./ocsp-response.ts";
import { certifyP384, type P384CertificateRequest } from "./p384-certificate.ts";

/** A device's report, where it differs from what is usual. */
export interface NvidiaReportRequest {
  readonly nonce?: Uint8Array;
  readonly measurements?: readonly (readonly [number, Uint8Array])[];
  /** All measurements as they are written. */
  readonly record?: Uint8Array;
  /** How many measurements the report says that it has. */
  readonly count?: number;
  readonly opaque?: readonly (readonly [number, Uint8Array])[];
  /** The vendor's fields behind a header, as newer drivers write them. */
  readonly isVersioned?: boolean;
  /** First bytes of request and response. */
  readonly request?: readonly number[];
  readonly response?: readonly number[];
  readonly signer?: KeyObject;
  readonly leaf?: P384CertificateRequest;
  readonly intermediate?: P384CertificateRequest;
}

/** A vendor; the fingerprint is the SHA-256 of its root's certificate. */
export interface NvidiaVendor {
  readonly fingerprint: string;
  /** A report with its chain, leaf first. */
  readonly device: (request?: NvidiaReportRequest) => {
    readonly report: Uint8Array;
    readonly certificates: readonly Uint8Array[];
  };
  /** What its responder, the root itself where nobody else is named, says of the certificate between leaf and root. */
  readonly revocation: (request?: OcspRequest) => Uint8Array;
  /** A certificate that the root issues to a responder's key. */
  readonly delegate: (key: KeyObject, request?: P384CertificateRequest) => Uint8Array;
}

const fill = (length: number, value: number) => new Uint8Array(Buffer.alloc(length, value));

/** The firmware's digest, in report and certificate. */
const firmware = fill(48, 0xf1);

/** DICE's extension: version, key, then algorithm and digest. */
const dice = "2.23.133.5.4.1";
const diceValue = sequence(
  integer(1),
  sequence(objectId("2.16.840.1.101.3.4.2.2"), der(0x04, firmware)),
);

const extKeyUsage = "2.5.29.37";
const ocspSigning = sequence(objectId("1.3.6.1.5.5.7.3.9"));

/** Makes a vendor with one device. */
export function createNvidiaVendor(): NvidiaVendor {
  const keys = { root: ecKey(), intermediate: ecKey(), leaf: ecKey() };
  const rootSubject = { subject: "root", key: keys.root, issuer: "root", issuerKey: keys.root };
  const root = certifyP384(rootSubject, {});
  return {
    fingerprint: createHash("sha256").update(root).digest("hex"),
    device: (request = {}) => {
      const intermediate = certifyP384(
        { issuer: "root", subject: "device", key: keys.intermediate, issuerKey: keys.root },
        request.intermediate ?? {},
      );
      const leaf = certifyP384(
        { issuer: "device", subject: "leaf", key: keys.leaf, issuerKey: keys.intermediate },
        { isCa: false, usage: 0x80, extensions: { [dice]: diceValue }, ...request.leaf },
      );
      const report = signReport(request, request.signer ?? keys.leaf);
      return { report, certificates: [leaf, intermediate, root] };
    },
    revocation: (request) => respondOcsp({ name: "root", key: keys.root }, request),
    delegate: (key, request) =>
      certifyP384(
        { issuer: "root", subject: "responder", key, issuerKey: keys.root },
        { isCa: false, usage: 0x80, extensions: { [extKeyUsage]: ocspSigning }, ...request },
      ),
  };
}

function signReport(request: NvidiaReportRequest, key: KeyObject): Uint8Array {
  const usual = [1, 2].map((index) => [index, fill(48, index)] as const);
  const record = (request.measurements ?? usual).map(([index, digest]) =>
    Buffer.concat([
      Uint8Array.of(index, 1),
      u16le(digest.length + 3),
      Uint8Array.of(1),
      u16le(digest.length),
      digest,
    ]),
  );
  const fields = request.opaque ?? [
    [3, Buffer.from("590.12\0")],
    [6, Uint8Array.of(0, 0xa5, 0, 0x96, 1, 0, 0, 0)],
    [20, firmware],
  ];
  const opaque = writeNvidiaFields(fields, request.isVersioned === true ? [2, 0, 0, 0] : undefined);
  const measurements = request.record ?? Buffer.concat(record);
  const signed = Buffer.concat([
    Uint8Array.from(request.request ?? [0x11, 0xe0, 0x01, 0xff]),
    ...[request.nonce ?? fill(32, 0x4e), Uint8Array.of(0)],
    Uint8Array.from(request.response ?? [0x11, 0x60, 0, 0]),
    ...[Uint8Array.of(request.count ?? record.length), u16le(measurements.length)],
    ...[Uint8Array.of(0), measurements, fill(32, 0x52), u16le(opaque.length), opaque],
  ]);
  const signature = sign("sha384", signed, { key, dsaEncoding: "ieee-p1363" });
  return new Uint8Array(Buffer.concat([signed, signature]));
}

/** Fields without a header, or behind one of this version, each of them as one of text then. */
export function writeNvidiaFields(
  fields: readonly (readonly [number, Uint8Array])[],
  version?: readonly number[],
): Uint8Array {
  const [header, kind] =
    version === undefined
      ? []
      : [Buffer.concat([Buffer.from("NVDAOD\0\0"), Uint8Array.from(version)]), u16le(0x86)];
  const written = fields.map(([type, value]) =>
    Buffer.concat([u16le(type), kind ?? fill(0, 0), u16le(value.length), value]),
  );
  return new Uint8Array(Buffer.concat([header ?? fill(0, 0), ...written]));
}

function u16le(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

function ecKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
}
