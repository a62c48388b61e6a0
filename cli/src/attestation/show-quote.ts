// SPDX-License-Identifier: Apache-2.0
/** A quote in words, for a person who has not verified it. */

import { parseQuote } from "@strongroom/attestation";
import { toHex } from "@strongroom/core";

/** Lines of name and value. @throws {StrongroomError} `EvidenceMalformed` if the bytes are no quote. */
export function showQuote(bytes: Uint8Array): string {
  const { body, version, signature, trailing } = parseQuote(bytes);
  const fields = Object.entries(body.report).flatMap(([name, value]) => toLines(name, value));
  const { certification } = signature;
  const lines: readonly (readonly [string, string])[] = [
    ["unverified", `${body.kind} quote, version ${version}`],
    ...fields,
    ["qeIsvSvn", String(signature.qeReport.isvSvn)],
    [
      "certificates",
      certification.kind === "chain" ? String(certification.certificates.length) : "none",
    ],
    ["trailingBytes", String(trailing)],
  ];
  return lines.map(([name, value]) => `${name.padEnd(18)}${value}\n`).join("");
}

function toLines(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value instanceof Uint8Array) {
    return [[name, toHex(value)]];
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, one]) =>
      toLines(Array.isArray(value) ? `${name.slice(0, -1)}${key}` : key, one),
    );
  }
  return typeof value === "bigint" ? [[name, `0x${value.toString(16)}`]] : [[name, String(value)]];
}
