// SPDX-License-Identifier: Apache-2.0
/** SNP reports in the JSON that agents and services put them in, with the certificates beside them. */

import { asAscii, decodeText, isJsonObject, parseStrictJson } from "@strongroom/attestation";
import { CommandError } from "../terminal.ts";

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
const depth = 4;

/** Bytes of a file: certificates in lists of numbers take their room. */
const longest = 1_048_576;

/** Takes a report out of JSON; what is none is handed back as it is. */
export function openSnpJson(evidence: Uint8Array): OpenedSnp {
  const text = asAscii(evidence)?.trim();
  if (text?.startsWith("{") !== true) {
    return { report: evidence, endorsements: [] };
  }
  const json = parseStrictJson(evidence, longest);
  const report = findAll(json, reportNames, depth)[0];
  if (report === undefined) {
    throw new CommandError("BadParameter", "json without a report");
  }
  return { report, endorsements: findAll(json, certificateNames, depth) };
}

function findAll(value: unknown, names: readonly string[], left: number): readonly Uint8Array[] {
  if (!isJsonObject(value) || left === 0) {
    return [];
  }
  return Object.entries(value).flatMap(([name, one]) => {
    const bytes = names.includes(name) ? toBytes(one) : undefined;
    return bytes === undefined ? findAll(one, names, left - 1) : [bytes];
  });
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (Array.isArray(value) && value.length > 0 && value.every(Number.isInteger)) {
    return Uint8Array.from(value);
  }
  if (typeof value !== "string") {
    return undefined;
  }
  return value.startsWith("-----BEGIN") ? new Uint8Array(Buffer.from(value)) : decodeText(value);
}
