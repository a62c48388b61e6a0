// SPDX-License-Identifier: Apache-2.0
/** Whether OCSP responses say of a certificate that it is good. RFC 6960 sections 3.2 and 4.2.2. */

import { createHash } from "node:crypto";
import { equalBytes, fromHex } from "@strongroom/core";
import { type Refused, refuse } from "../verdict.ts";
import { type Certificate, isIssuedBy, parseCertificate } from "./certificate.ts";
import { checkPath } from "./check-path.ts";
import { derValues } from "./der.ts";
import { hasKeyUsage, keyUsage } from "./extensions.ts";
import { type OcspResponse, parseOcspResponse } from "./ocsp-response.ts";
import type { CertificateStatus } from "./ocsp-status.ts";

/** A response, DER, and the nonce that it has to answer where one was asked with. */
export interface OcspEndorsement {
  readonly response: Uint8Array;
  readonly nonce?: Uint8Array;
}

/** id-kp-OCSPSigning. */
const ocspSigning = "1.3.6.1.5.5.7.3.9";

/** Where the key stands in a certificate of version 3, after version, number, algorithm, issuer, validity and subject. */
const keyIndex = 6;

/**
 * Refuses a certificate that a response says is revoked or on hold, and one that none says is good.
 *
 * Responses about other certificates are passed over. One without nextUpdate says nothing of any later instant, and is not
 * enough; whether a delegated responder's own certificate was revoked is not asked.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if a response is none.
 */
export function checkOcsp(
  certificate: Certificate,
  issuer: Certificate,
  endorsements: readonly OcspEndorsement[],
  at: Date,
): Refused | undefined {
  const outcomes = endorsements.flatMap((one) => judge(certificate, issuer, one, at));
  const refusals = outcomes.filter((one) => one !== "good");
  const revoked = refusals.find((one) => one.class === "revoked");
  if (revoked !== undefined || outcomes.includes("good")) {
    return revoked;
  }
  return refusals[0] ?? refuse("endorsements-unavailable", "no ocsp response about a certificate");
}

type Outcome = "good" | Refused;

/** What one response says; nothing if it is about others. */
function judge(
  certificate: Certificate,
  issuer: Certificate,
  { response: der, nonce }: OcspEndorsement,
  at: Date,
): readonly Outcome[] {
  const response = parseOcspResponse(der);
  if (response === undefined) {
    return [refuse("endorsements-unavailable", "an ocsp responder gave no answer")];
  }
  const statuses = response.statuses.filter((one) => isAbout(one, certificate, issuer));
  if (statuses.length === 0) {
    return [];
  }
  const refused = checkResponder(response, issuer, at) ?? checkNonce(response, nonce);
  return refused === undefined ? statuses.map((one) => toOutcome(one, at)) : [refused];
}

function isAbout(
  { hash, issuerName, issuerKey, serial }: CertificateStatus,
  certificate: Certificate,
  issuer: Certificate,
): boolean {
  return (
    serial === certificate.serial &&
    issuerName === digest(hash, fromHex(issuer.subject)) &&
    issuerKey === digest(hash, keyBits(issuer))
  );
}

function toOutcome({ status, thisUpdate, nextUpdate }: CertificateStatus, at: Date): Outcome {
  if (nextUpdate === undefined) {
    return refuse("endorsements-unavailable", "an ocsp response does not say until when it holds");
  }
  if (!(thisUpdate <= at && at <= nextUpdate)) {
    return refuse("expired", "an ocsp response does not hold at this time");
  }
  switch (status) {
    case "good":
      return "good";
    case "unknown":
      return refuse("endorsements-unavailable", "an ocsp responder does not know a certificate");
    default:
      return refuse(
        "revoked",
        `a certificate of the chain is ${status === "hold" ? "on hold" : status}`,
      );
  }
}

function checkNonce(response: OcspResponse, nonce: Uint8Array | undefined): Refused | undefined {
  const isAnswer =
    nonce === undefined || (response.nonce !== undefined && equalBytes(response.nonce, nonce));
  return isAnswer ? undefined : refuse("binding-mismatch", "an ocsp response has another nonce");
}

/** The issuer itself, or whom it certified for this purpose directly. */
function checkResponder(
  response: OcspResponse,
  issuer: Certificate,
  at: Date,
): Refused | undefined {
  const candidates = [issuer, ...response.certificates.map(parseCertificate)].filter((one) =>
    isNamed(response, one),
  );
  const outcomes = candidates.map(
    (one) =>
      checkDelegation(one, issuer, at) ??
      (response.isSignedBy(one.publicKey)
        ? undefined
        : refuse("bad-signature", "an ocsp response was not signed by its responder")),
  );
  return outcomes.includes(undefined)
    ? undefined
    : (outcomes[0] ?? refuse("untrusted-chain", "an ocsp response is nobody's who may give it"));
}

function isNamed({ responder: { form, value } }: OcspResponse, candidate: Certificate): boolean {
  return value === (form === "name" ? candidate.subject : digest("sha1", keyBits(candidate)));
}

function checkDelegation(
  responder: Certificate,
  issuer: Certificate,
  at: Date,
): Refused | undefined {
  if (responder.fingerprint === issuer.fingerprint) {
    return undefined;
  }
  if (!isIssuedBy(responder, issuer) || !hasKeyUsage(responder, keyUsage.digitalSignature)) {
    return refuse("untrusted-chain", "an ocsp responder was not certified by the issuer");
  }
  return checkPath([responder, issuer], {
    ...{ at, purposes: [ocspSigning], withoutPurpose: "refused" },
    leafExtensions: [],
  });
}

/** The bits of subjectPublicKey, which responders and requesters hash. */
function keyBits({ der }: Certificate): Uint8Array {
  const [certificate] = derValues(der);
  const [body] = derValues(certificate?.content ?? der);
  const key = derValues(body?.content ?? der)[keyIndex];
  const [, bits] = derValues(key?.content ?? der);
  return (bits?.content ?? der).slice(1);
}

function digest(hash: CertificateStatus["hash"], bytes: Uint8Array): string {
  return createHash(hash).update(bytes).digest("hex");
}
