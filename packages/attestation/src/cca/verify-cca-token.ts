// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies an Arm CCA token: a known platform signed for the realm's key, and that key for the realm. Whether the platform
 * is one that keeps its promises is in its lifecycle. draft-ffm-rats-cca-token-04, section 7.
 */

import type { KeyObject } from "node:crypto";
import { equalBytes, StrongroomError, toHex } from "@strongroom/core";
import { isSignedBy } from "../cose-sign1.ts";
import type { TrustClass } from "../ek/verify-ek-certificate.ts";
import { assertStated, isByteString, orUnbound } from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { type CcaToken, parseCcaToken } from "./parse-cca-token.ts";

/** A platform's attestation key (CPAK), as its maker publishes it: there are no certificates. */
export interface CcaPlatformKey {
  readonly name: string;
  readonly class: TrustClass;
  readonly key: KeyObject;
  /** The implementation and the instance that it is of, hexadecimal; undefined where any may have it. */
  readonly implementationId?: string;
  readonly instanceId?: string;
}

/** What a verified token says. */
export interface CcaFacts {
  readonly token: CcaToken;
  readonly platformKey: CcaPlatformKey;
  readonly binding: "bound" | "unbound";
  /** The platform is in another state than secured: a debugger, or whoever makes it, may look into realms. */
  readonly isDebug: boolean;
}

/** What the token must be bound to; `unbound` says that the caller binds it in another way. */
export interface CcaExpectation {
  /** The realm's challenge, all 64 bytes. */
  readonly challenge: Uint8Array | "unbound";
}

const challengeBytes = 64;

/** @throws {StrongroomError} `BadParameter` if the expected challenge is missing or has not 64 bytes. */
export function verifyCcaToken(
  bytes: Uint8Array,
  keys: readonly CcaPlatformKey[],
  expected: CcaExpectation,
): Verdict<CcaFacts> {
  assertStated(expected, { challenge: orUnbound(isByteString) });
  const { challenge } = expected;
  if (challenge !== "unbound" && challenge.length !== challengeBytes) {
    throw new StrongroomError("BadParameter", "a challenge of 64 bytes is expected");
  }
  return decide(() => {
    const token = parseCcaToken(bytes);
    const platformKey = findKey(token, keys);
    if (!("key" in platformKey)) {
      return platformKey;
    }
    const refused = checkRealm(token, challenge);
    if (refused !== undefined) {
      return refused;
    }
    const isDebug = token.platform.claims.lifecycle !== "secured";
    const binding = challenge === "unbound" ? "unbound" : "bound";
    return { kind: "verified", claims: { token, platformKey, binding, isDebug } };
  });
}

/** The known key of the platform, if it signed. */
function findKey(token: CcaToken, keys: readonly CcaPlatformKey[]): CcaPlatformKey | Refused {
  const known = keys.filter((one) => isOf(one, token));
  if (known.length === 0) {
    return refuse("endorsements-unavailable", "no key of this platform is known");
  }
  return (
    known.find(({ key }) => isSignedBy(token.platform.cose, key)) ??
    refuse("bad-signature", "the platform token was not signed by the platform's key")
  );
}

function checkRealm(
  { platform, realm }: CcaToken,
  challenge: CcaExpectation["challenge"],
): Refused | undefined {
  const answered = platform.claims.challenge;
  if (!equalBytes(platform.claims.realmKeyDigest, realm.claims.keyDigest)) {
    return refuse("binding-mismatch", "the platform vouches for another realm's key");
  }
  if (answered !== undefined && !equalBytes(answered, realm.claims.challenge)) {
    return refuse("binding-mismatch", "the platform answers another challenge than its realm");
  }
  if (!isSignedBy(realm.cose, realm.claims.key)) {
    return refuse("bad-signature", "the realm token was not signed by the realm's key");
  }
  return challenge === "unbound" || equalBytes(realm.claims.challenge, challenge)
    ? undefined
    : refuse("binding-mismatch", "the token answers another challenge");
}

function isOf({ implementationId, instanceId }: CcaPlatformKey, { platform }: CcaToken): boolean {
  const { claims } = platform;
  return (
    (implementationId === undefined || implementationId === toHex(claims.implementationId)) &&
    (instanceId === undefined || instanceId === toHex(claims.instanceId))
  );
}
