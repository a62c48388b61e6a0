// SPDX-License-Identifier: Apache-2.0
/** What tokens of the known issuers say about debugging, and about what they were asked for. */

import { isJsonObject, type JsonObject } from "@strongroom/attestation";
import type { Question } from "./answer.ts";

/** Claims that say so where they are true, or have this value. */
const debugClaims: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["is-debuggable", true],
  ["x-ms-sgx-is-debuggable", true],
  ["x-ms-sevsnpvm-is-debuggable", true],
  ["tdx_td_attributes_debug", true],
  ["dbgstat", "enabled"],
]);

const depth = 8;

/** Whether any part of the claims is of what a debugger may read. */
export function saysDebug(claims: unknown, left: number = depth): boolean {
  if (!isJsonObject(claims) || left === 0) {
    return false;
  }
  return Object.entries(claims).some(
    ([name, value]) =>
      (debugClaims.has(name) && debugClaims.get(name) === value) || saysDebug(value, left - 1),
  );
}

/** Where issuers put a nonce, and where the report's own data. */
const places = {
  nonce: [
    ...[["eat_nonce"], ["nonce"], ["rp_data"], ["x-ms-runtime", "nonce"]],
    ...[
      ["x-ms-runtime", "client-payload", "nonce"],
      ["customer_claims", "runtime_data", "nonce"],
    ],
  ],
  "report-data": [
    ...[["x-ms-sevsnpvm-reportdata"], ["tdx_report_data"], ["x-ms-sgx-report-data"]],
    ["x-ms-isolation-tee", "x-ms-sevsnpvm-reportdata"],
    ["x-ms-isolation-tee", "tdx_report_data"],
  ],
} as const;

/** Whether one of the places holds what was asked for, in one of the spellings that issuers use. */
export function answersBinding(
  claims: JsonObject,
  { kind, bytes }: NonNullable<Question["binding"]>,
): boolean {
  const spelled = spell(kind, bytes);
  const step = (value: unknown, name: string) =>
    isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return places[kind]
    .map((path) => path.reduce<unknown>(step, claims))
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .some((value) => typeof value === "string" && spelled.includes(value));
}

function spell(kind: "nonce" | "report-data", bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes);
  const hex = buffer.toString("hex");
  if (kind === "report-data") {
    return [hex.padEnd(128, "0")];
  }
  const base64url = buffer.toString("base64url");
  return [hex, hex.toUpperCase(), base64url, buffer.toString("base64"), buffer.toString("utf8")];
}
