// SPDX-License-Identifier: Apache-2.0
/** What an authentic quote is refused for: debug, migration, and a TCB below what is accepted. */

import { type Refused, refuse } from "../verdict.ts";
import type { DcapClaims, DcapExpectation } from "./dcap-verdict.ts";
import { enclaveDebug } from "./enclave-report.ts";
import { tdAttribute, untrustedTdBits } from "./td-report.ts";

/** Refuses what is authentic but not expected. */
export function checkDcapPolicy(
  claims: DcapClaims,
  expected: DcapExpectation,
): Refused | undefined {
  return (
    checkAttributes(claims, expected) ??
    checkTcb(claims, expected) ??
    checkMigration(claims, expected)
  );
}

function checkAttributes(
  { quote: { body } }: DcapClaims,
  expected: DcapExpectation,
): Refused | undefined {
  if (isDebuggable({ body }) && expected.debug !== "accepted") {
    return refuse("policy-denied", "a debugger may read the memory");
  }
  if (body.kind === "sgx") {
    return undefined;
  }
  return (body.report.attributeBits & untrustedTdBits & ~tdAttribute.debug) === 0n
    ? undefined
    : refuse("policy-denied", "the td has an attribute that makes it untrusted");
}

function checkMigration(
  { quote: { body } }: DcapClaims,
  expected: DcapExpectation,
): Refused | undefined {
  // Whether a service TD is bound is a claim: hosts bind ones that move nothing, and say so by this bit.
  return body.kind === "tdx" &&
    (body.report.attributeBits & tdAttribute.migratable) !== 0n &&
    expected.migratable !== "accepted"
    ? refuse("policy-denied", "the td is migratable")
    : undefined;
}

function checkTcb({ tcb }: DcapClaims, expected: DcapExpectation): Refused | undefined {
  if (tcb.status === "NotSupported") {
    return refuse("tcb-out-of-date", tcb.detail ?? "the tcb is not supported");
  }
  // A revoked platform is not taken by anyone, whatever is configured.
  if (tcb.status === "Revoked") {
    return refuse("revoked", "the tcb was revoked");
  }
  return expected.acceptedTcb.includes(tcb.status)
    ? undefined
    : refuse("tcb-out-of-date", `the tcb is ${tcb.status}`);
}

/** Whether a debugger may read what is quoted. */
export function isDebuggable({ body }: Pick<DcapClaims["quote"], "body">): boolean {
  return body.kind === "sgx"
    ? (body.report.flags & enclaveDebug) !== 0n
    : (body.report.attributeBits & tdAttribute.debug) !== 0n;
}
