// SPDX-License-Identifier: Apache-2.0
/** Members of an EAR, which were renamed: `ear_status` since draft-ietf-rats-ear-04, `ear.status` before. */

import { isJsonObject, type JsonObject } from "../strict-json.ts";

/** Members that are read, by what comes after `ear.`. */
export type EarMember = "status" | "trustworthiness-vector" | "veraison.key-attestation";

/** What an object has under either name: nothing, one value, or two that may contradict each other. */
export function earMember(object: JsonObject, member: EarMember): readonly unknown[] {
  const names = [`ear.${member}`, `ear_${member.replaceAll(/[.-]/gu, "_")}`];
  return names.filter((name) => Object.hasOwn(object, name)).map((name) => object[name]);
}

/** Every status in a token: its submodules', and its own where it has one, as NVIDIA's verifier writes over several devices. */
export function earStatuses(claims: JsonObject): readonly unknown[] {
  const { submods } = claims;
  const modules = isJsonObject(submods) ? Object.values(submods).filter(isJsonObject) : [];
  return [claims, ...modules].flatMap((one) => earMember(one, "status"));
}

/** Whether a token says that it is one, or has a status as only those have. */
export function isEar(claims: JsonObject): boolean {
  return earStatuses(claims).length > 0 || /\/ear(?:#\w+)?$/u.test(String(claims["eat_profile"]));
}
