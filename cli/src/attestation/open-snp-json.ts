// SPDX-License-Identifier: Apache-2.0
/** SNP reports in the JSON that agents and services put them in, with the certificates beside them. */

import {
  asAscii,
  decodeText,
  isJsonObject,
  type JsonObject,
  malformed,
  parseStrictJson,
} from "@strongroom/attestation";
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

/** Bytes of a file: certificates in lists of numbers take their room. */
const longest = 1_048_576;

/**
 * Takes a report out of JSON; what is none is handed back as it is.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if JSON has no report.
 */
export function openSnpJson(evidence: Uint8Array): OpenedSnp {
  const text = asAscii(evidence)?.trim();
  if (text?.startsWith("{") !== true) {
    return { report: evidence, endorsements: [] };
  }
  const json = parseStrictJson(evidence, longest);
  const report = isReportFields(json)
    ? joinReportFields(json)
    : findAll(json, reportNames, depth)[0];
  if (report === undefined) {
    throw malformed("json without a report");
  }
  return { report, endorsements: findAll(json, [...certificateNames, tableName], depth) };
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
