// SPDX-License-Identifier: Apache-2.0
/** SNP reports in the JSON that agents and services put them in, in Google's messages or in a certificate, with the certificates beside them. */

import {
  decodeText,
  ifWellFormed,
  isJsonObject,
  type JsonObject,
  malformed,
  readAmdEndorsements,
  readSnpMessage,
  startOfSnpReport,
  toBinary,
} from "@strongroom/attestation";
import { certificateStrings } from "./evidence-certificate.ts";
import { byteStrings, readStructured } from "./evidence-json.ts";
import { isReportFields, joinReportFields } from "./join-report-fields.ts";

/** A report, in whatever form the JSON had it, and files of certificates. */
export interface OpenedSnp {
  readonly report: Uint8Array;
  readonly endorsements: readonly Uint8Array[];
}

const reportNames = ["attestation_report", "SnpReport", "report", "snp_report", "quote"] as const;
const certificateNames = [
  "VcekCertChain",
  "vcek",
  "vcekCert",
  "vlek",
  "certificateChain",
  "certs",
] as const;

/** What an agent took apart of a host's table: `{cert_type, data}` for each certificate. */
const tableName = "cert_chain";
const tableTypes: readonly unknown[] = ["ARK", "ASK", "VCEK", "VLEK", "CRL"];
const depth = 4;

/**
 * Takes a report out of JSON, a message or a certificate; what is none is handed back as it is.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if JSON has no report.
 */
export function openSnpFile(evidence: Uint8Array): OpenedSnp {
  const json = readStructured(evidence);
  if (json === undefined) {
    return openMessage(toBinary(evidence)) ?? openCertificate(evidence);
  }
  const named = isReportFields(json)
    ? joinReportFields(json)
    : findAll(json, reportNames, depth)[0];
  const others = [...byteStrings(json)];
  const report = named ?? others.find((bytes) => startOfSnpReport(bytes) !== undefined);
  if (report === undefined) {
    throw malformed("json without a report");
  }
  const listed = findAll(json, [...certificateNames, tableName], depth);
  return { report, endorsements: listed.length > 0 ? listed : others.filter(isEndorsement) };
}

/** Field 1, a byte string or a number: what messages of reports begin with. */
const messageStarts: readonly unknown[] = [0x08, 0x0a];

function openMessage(bytes: Uint8Array): OpenedSnp | undefined {
  const message = messageStarts.includes(bytes[0])
    ? ifWellFormed(() => readSnpMessage(bytes))
    : undefined;
  return (
    message && {
      report: message.report,
      endorsements: message.certificates.filter(isEndorsement),
    }
  );
}

/** Certificates that carry reports bring those of the report's key too, where they bring any. */
function openCertificate(evidence: Uint8Array): OpenedSnp {
  const strings = certificateStrings(evidence);
  const report = strings.find((bytes) => startOfSnpReport(bytes) !== undefined);
  return report === undefined
    ? { report: evidence, endorsements: [] }
    : { report, endorsements: strings.filter(isEndorsement) };
}

/** Bytes of a certificate's key and signature, of which no other part is longer: JSON may have a hundred thousand strings. */
const shortest = 256;

/** What a tool calls by another name; whatever else is in the JSON is none. */
function isEndorsement(bytes: Uint8Array): boolean {
  if (bytes.length < shortest) {
    return false;
  }
  const read = ifWellFormed(() => readAmdEndorsements(bytes));
  return read !== undefined && read.certificates.length + read.crls.length > 0;
}

function findAll(value: unknown, names: readonly string[], left: number): readonly Uint8Array[] {
  if (!isJsonObject(value) || left === 0) {
    return [];
  }
  return Object.entries(value).flatMap(([name, one]) => {
    if (name === tableName && names.includes(name) && Array.isArray(one)) {
      return one.filter(isOfAmd).flatMap((entry) => toBytes(entry["data"]) ?? []);
    }
    const bytes = names.includes(name) ? toBytes(one) : undefined;
    return bytes === undefined ? findAll(one, names, left - 1) : [bytes];
  });
}

/** Hosts put entries of their own into the table. */
function isOfAmd(entry: unknown): entry is JsonObject {
  return isJsonObject(entry) && tableTypes.includes(entry["cert_type"]);
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (Array.isArray(value) && value.length > 0 && value.every(Number.isInteger)) {
    return Uint8Array.from(value);
  }
  if (isReportFields(value)) {
    return joinReportFields(value);
  }
  if (typeof value !== "string") {
    return undefined;
  }
  return value.startsWith("-----BEGIN") ? new Uint8Array(Buffer.from(value)) : decodeText(value);
}
