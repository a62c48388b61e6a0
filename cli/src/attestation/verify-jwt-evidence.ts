// SPDX-License-Identifier: Apache-2.0
/** Verifies tokens of other attestation authorities for `strongroom attestation verify`. */

import {
  asAscii,
  type Certificate,
  certifiedKey,
  checkEar,
  earStatuses,
  isEar,
  isJsonObject,
  type JsonObject,
  type JwtAlgorithm,
  type JwtIssuer,
  parseCertificate,
  parsePemBlocks,
  parseStrictJson,
  readIssuerKeys,
  refuse,
  verifyJwt,
} from "@strongroom/attestation";
import { type Answer, type Question, refuseDebug, toAnswer, toRefusal } from "./answer.ts";
import { answersBinding, saysDebug } from "./token-claims.ts";

const algorithms: readonly JwtAlgorithm[] = [
  ...(["RS256", "RS384", "PS256", "PS384"] as const),
  ...(["ES256", "ES384", "ES512"] as const),
];

/** An issuer of which the user knows the keys and no more: whose tokens they are is for them to look at in the claims. */
export function issuerOf({ endorsements, trustRoots }: Question): JwtIssuer {
  return {
    ...{ issuer: "unbound", audience: "unbound", algorithms },
    keys: [...endorsements, ...trustRoots].flatMap(readIssuerKeys),
    ...{ expiry: "optional", longestAge: Number.MAX_SAFE_INTEGER },
  };
}

/** Verifies a token by the keys that the user names. */
export function verifyJwtEvidence(question: Question): Answer {
  const token = readToken(question.evidence);
  if (token === undefined) {
    return toRefusal(refuse("malformed", "no token"));
  }
  const roots = question.trustRoots.flatMap(readCertificates);
  const certified = roots.length === 0 ? undefined : certifiedKey(token, roots, question.at);
  const own = certified === undefined || "kind" in certified ? [] : [certified];
  const issuer = issuerOf(question);
  const keys = [...issuer.keys, ...own];
  const verdict = verifyJwt(token, { ...issuer, keys }, { nonce: "unbound" }, question.at);
  if (verdict.kind === "refused") {
    // A chain that leads nowhere is why the key is not known; what else is wrong with the token counts more.
    const isUnknown = ["bad-signature", "endorsements-unavailable"].includes(verdict.class);
    return toRefusal(isUnknown && certified && "kind" in certified ? certified : verdict);
  }
  const { claims } = verdict.claims;
  const isDebug = saysDebug(claims);
  const refused =
    (isEar(claims) ? checkEar(claims) : undefined) ??
    refuseDebug(question, isDebug) ??
    checkStatus(claims) ??
    checkBinding(claims, question);
  return refused === undefined
    ? toAnswer(question, claims, {
        debug: isDebug,
        "no-expiry": claims["exp"] === undefined,
        "ear-warning": earStatuses(claims).some((status) => status === "warning" || status === 32),
        "ear-none": earStatuses(claims).some((status) => status === "none" || status === 0),
      })
    : toRefusal(refused);
}

/** The certificates of a file, which may hold keys of other forms. */
function readCertificates(file: Uint8Array): readonly Certificate[] {
  const text = asAscii(file);
  const ders =
    text === undefined
      ? [file]
      : parsePemBlocks(text).flatMap(({ label, der }) => (label === "CERTIFICATE" ? [der] : []));
  return ders.map(parseCertificate);
}

function checkBinding(claims: JsonObject, { binding }: Question) {
  return binding === undefined || answersBinding(claims, binding)
    ? undefined
    : refuse("binding-mismatch", "the token answers another challenge");
}

/** Members of JSON in which services answer a token. */
const members = ["token", "value", "result", "jwt"] as const;

function readToken(file: Uint8Array): string | undefined {
  const text = asAscii(file)?.trim();
  if (text?.startsWith("{") !== true && text?.startsWith('"') !== true) {
    return text;
  }
  const json = parseStrictJson(file);
  const found = isJsonObject(json) ? members.map((name) => json[name]) : [json];
  return found.find((one) => typeof one === "string");
}

/** A verifier that says no is no voucher, however authentic its word. */
function checkStatus(claims: JsonObject) {
  return earStatuses(claims).some((status) => status === "contraindicated" || status === 96)
    ? refuse("policy-denied", "the issuer does not vouch for the evidence")
    : undefined;
}
