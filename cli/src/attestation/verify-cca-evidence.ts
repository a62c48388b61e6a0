// SPDX-License-Identifier: Apache-2.0
/** Verifies Arm CCA tokens for `strongroom attestation verify`. */

import {
  asAscii,
  isJsonObject,
  parseStrictJson,
  readPlatformKeys,
  toBinary,
  toCcaClaims,
  verifyCcaToken,
} from "@strongroom/attestation";
import {
  type Answer,
  type Question,
  refuseDebug,
  toAnswer,
  toRefusal,
  toReportData,
} from "./answer.ts";

/** Verifies a token by the platforms' keys that the user names: Arm's platforms have no certificates. */
export function verifyCcaEvidence(question: Question): Answer {
  const { evidence, endorsements, trustRoots } = question;
  const keys = [...endorsements, ...trustRoots].flatMap(readPlatformKeys);
  const challenge = toReportData(question) ?? ("unbound" as const);
  const verdict = verifyCcaToken(openToken(evidence), keys, { challenge });
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const { claims } = verdict;
  const refused = refuseDebug(question, claims.isDebug);
  return refused === undefined
    ? toAnswer(question, toCcaClaims(claims), { "key-given": true, debug: claims.isDebug })
    : toRefusal(refused);
}

/** A token as it is, in text, or in an agent's JSON. */
export function openToken(file: Uint8Array): Uint8Array {
  const isJson = asAscii(file)?.trim().startsWith("{") === true;
  const json = isJson ? parseStrictJson(file) : undefined;
  const token = isJsonObject(json) ? (json["token"] ?? json["evidence"]) : undefined;
  if (Array.isArray(token)) {
    return Uint8Array.from(token, Number);
  }
  return toBinary(typeof token === "string" ? new Uint8Array(Buffer.from(token)) : file);
}
