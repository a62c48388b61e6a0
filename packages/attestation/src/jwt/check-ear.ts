// SPDX-License-Identifier: Apache-2.0
/** Whether an EAR's status is as bad as the worst that it lists. draft-ietf-rats-ear, section 3.2; draft-ietf-rats-ar4si, section 2.3. */

import { isJsonObject, type JsonObject } from "../strict-json.ts";
import { type Refused, refuse } from "../verdict.ts";
import { earMember, earStatuses } from "./ear-member.ts";

/** From best to worst; `none` asserts nothing. */
const statuses: readonly unknown[] = ["none", "affirming", "warning", "contraindicated"];

/** Numbers that some issuers write in place of the names. */
const numbers = new Map<unknown, number>([
  [0, 0],
  [2, 1],
  [32, 2],
  [96, 3],
]);

/**
 * Refuses an EAR without submodules, of an unknown status, of one better than its own trustworthiness vector, or with a key's
 * attestation of no key; and a status of the whole that is better than one of a submodule.
 */
export function checkEar(claims: JsonObject): Refused | undefined {
  const { submods } = claims;
  const modules = isJsonObject(submods) ? Object.values(submods) : [];
  if (modules.length === 0) {
    return refuse("malformed", "the token has no submodules");
  }
  const refusals = modules.map((module) =>
    isJsonObject(module) ? checkModule(module) : refuse("malformed", "a submodule is none"),
  );
  return refusals.find((refused) => refused !== undefined) ?? checkWhole(claims);
}

function checkWhole(claims: JsonObject): Refused | undefined {
  const [own, ...others] = earMember(claims, "status");
  if (own === undefined) {
    return undefined;
  }
  const tiers = earStatuses(claims).map(readStatus);
  const tier = readStatus(own);
  if (tier === undefined || others.length > 0) {
    return refuse("malformed", "the token has no status that is one");
  }
  return tiers.some((one) => (one ?? 0) > tier)
    ? refuse("policy-denied", "the token says better than a submodule")
    : undefined;
}

function checkModule(module: JsonObject): Refused | undefined {
  const [statusOf, ...otherStatuses] = earMember(module, "status");
  const [vector = {}, ...otherVectors] = earMember(module, "trustworthiness-vector");
  const attestations = earMember(module, "veraison.key-attestation");
  const tier = readStatus(statusOf);
  const isTwice = otherStatuses.length + otherVectors.length > 0 || attestations.length > 1;
  if (tier === undefined || !isJsonObject(vector) || isTwice) {
    return refuse("malformed", "a submodule has no status");
  }
  if (!attestations.every(attestsKey)) {
    return refuse("malformed", "a submodule attests a key that it does not have");
  }
  const tiers = Object.values(vector).map(tierOf);
  if (tiers.includes(undefined)) {
    return refuse("malformed", "a trustworthiness vector has no such value");
  }
  return tiers.some((one) => (one ?? 0) > tier)
    ? refuse("policy-denied", "a submodule says better than it lists")
    : undefined;
}

/** Whether a key's attestation has the key: Veraison's extension, `akpub` in base64url. */
function attestsKey(attestation: unknown): boolean {
  const akpub = isJsonObject(attestation) ? attestation["akpub"] : undefined;
  return typeof akpub === "string" && /^[A-Za-z0-9_-]+=*$/u.test(akpub);
}

function readStatus(status: unknown): number | undefined {
  const index = statuses.indexOf(status);
  return index < 0 ? numbers.get(status) : index;
}

/** The tier of a value, an 8-bit signed number. */
function tierOf(value: unknown): number | undefined {
  if (typeof value !== "number" || !Number.isInteger(value) || value < -128 || value > 127) {
    return undefined;
  }
  if (value >= -1 && value <= 1) {
    return 0;
  }
  const claim = value < 0 ? -value - 1 : value;
  return claim < 32 ? 1 : claim < 96 ? 2 : 3;
}
