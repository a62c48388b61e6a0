// SPDX-License-Identifier: Apache-2.0
/** The signature data of a quote: who signed it, and who vouches for that key. Intel TDX DCAP quoting library, A.3.8 to A.3.11. */

import { ByteReader, malformed } from "../byte-reader.ts";
import { u16le, u32le } from "../little-endian.ts";
import { parsePemCertificates } from "../x509/certificate.ts";
import { type EnclaveReport, enclaveReportBytes, parseEnclaveReport } from "./enclave-report.ts";
import * as limits from "./limits.ts";

/** How a quote was signed, and what its quoting enclave says about the key. */
export interface QuoteSignature {
  /** r and s of the attestation key's signature over header and body, 64 bytes. */
  readonly value: Uint8Array;
  /** The attestation key: x and y on P-256, 64 bytes. */
  readonly attestationKey: Uint8Array;
  readonly qeReport: EnclaveReport;
  /** The report's bytes, which the PCK signed. */
  readonly qeReportBytes: Uint8Array;
  readonly qeSignature: Uint8Array;
  readonly authenticationData: Uint8Array;
  readonly certification: CertificationData;
}

/** What of a quote finds the PCK certificate of its platform, as Intel's services ask for it. */
export interface PckLookup {
  /** The PPID, encrypted to Intel: 256 bytes or 384. */
  readonly encryptedPpid: Uint8Array;
  readonly cpuSvn: Uint8Array;
  readonly pceSvn: Uint8Array;
  readonly pceId: Uint8Array;
}

/** What says which PCK signed the QE's report. */
export type CertificationData =
  /** Certificates in DER, the PCK's first. */
  | { readonly kind: "chain"; readonly certificates: readonly Uint8Array[] }
  /** Something else than certificates: who wants to verify the quote has to find the platform's PCK certificate. */
  | { readonly kind: "none"; readonly type: number; readonly lookup?: PckLookup };

const type = { pckChain: 5, qeReport: 6 } as const;

/** Bytes of an encrypted PPID by the type of its certification data: under RSA-2048, under RSA-3072. */
const ppidBytes = new Map([
  [2, 256],
  [3, 384],
]);

/** Parses signature data. @throws {StrongroomError} `EvidenceMalformed` if a part is missing, or bytes are left over. */
export function parseQuoteSignature(reader: ByteReader, version: 3 | 4 | 5): QuoteSignature {
  const value = reader.bytes(64);
  const attestationKey = reader.bytes(64);
  const rest = version === 3 ? parseQeReport(reader) : parseNested(reader);
  reader.end();
  return { value, attestationKey, ...rest };
}

function parseNested(reader: ByteReader) {
  if (u16le(reader) !== type.qeReport) {
    throw malformed("the quote's certification data is no QE report");
  }
  const inner = reader.nested(u32le(reader));
  const report = parseQeReport(inner);
  inner.end();
  return report;
}

function parseQeReport(reader: ByteReader) {
  const inner = reader.nested(enclaveReportBytes);
  const qeReport = parseEnclaveReport(inner);
  const qeReportBytes = inner.consumed();
  const qeSignature = reader.bytes(64);
  const authenticationData = reader.bytes(bounded(u16le(reader), limits.authenticationBytes));
  const certificationType = u16le(reader);
  const data = reader.bytes(bounded(u32le(reader), limits.certificationBytes));
  const certification = parseCertification(certificationType, data);
  return { qeReport, qeReportBytes, qeSignature, authenticationData, certification };
}

function parseCertification(certificationType: number, data: Uint8Array): CertificationData {
  if (certificationType < 1 || certificationType > type.pckChain) {
    throw malformed(`certification data of type ${certificationType}`);
  }
  const text = latin1(data);
  if (certificationType !== type.pckChain || !text.includes("-----BEGIN")) {
    const lookup = parseLookup(certificationType, data);
    return { kind: "none", type: certificationType, ...(lookup === undefined ? {} : { lookup }) };
  }
  const certificates = parsePemCertificates(text);
  if (certificates.length > limits.quoteCertificates) {
    throw malformed("the quote has too many certificates");
  }
  return { kind: "chain", certificates };
}

// A view and no copy: the chain is most of a quote.
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** Such data ends after these fields in one layout and goes on with zeros in another. */
function parseLookup(certificationType: number, data: Uint8Array): PckLookup | undefined {
  const length = ppidBytes.get(certificationType);
  if (length === undefined) {
    return undefined;
  }
  const reader = new ByteReader(data);
  return {
    encryptedPpid: reader.bytes(length),
    cpuSvn: reader.bytes(16),
    pceSvn: reader.bytes(2),
    pceId: reader.bytes(2),
  };
}

function bounded(length: number, limit: number): number {
  if (length > limit) {
    throw malformed(`${length} bytes where at most ${limit} are allowed`);
  }
  return length;
}
