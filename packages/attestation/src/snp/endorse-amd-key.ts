// SPDX-License-Identifier: Apache-2.0
/** Verifies the chain of a VCEK or VLEK: pinned root, pinned signing key, dates, revocation. AMD 57230, section 3. */

import { sha256, toHex } from "@strongroom/core";
import { assertInstant, assertStated, isList, isOneOf, orAbsent, type Stated } from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { cacheKey, VerifiedCache, windowAround } from "../verified-cache.ts";
import { type Certificate, isIssuedBy, parseCertificate } from "../x509/certificate.ts";
import { parseRevocationList, type RevocationList } from "../x509/revocation-list.ts";
import { type AmdLeaf, isAmdExtension, isAmdLeaf, readAmdLeaf } from "./amd-certificate.ts";
import { checkRevocation } from "./amd-crl.ts";
import type { AmdRoot } from "./amd-roots.ts";
import type { AmdEndorsements } from "./read-amd-endorsements.ts";

/** Whom to trust, and whether an answer about revocation is needed. */
export interface AmdTrust {
  readonly roots: readonly AmdRoot[];
  readonly revocation: "required" | "if-given";
  /** Chains that were verified before; the dates are looked at each time. */
  readonly cache?: VerifiedCache<readonly Verdict<AmdEndorser>[]>;
}

/** A key that may sign reports; what was checked holds from `notBefore` to `notAfter`. */
export interface AmdEndorser {
  readonly leaf: AmdLeaf;
  readonly root: AmdRoot;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revocation: "checked" | "unbound";
}

const stated: Stated<AmdTrust> = {
  roots: isList,
  revocation: isOneOf("required", "if-given"),
  cache: orAbsent((cache) => cache instanceof VerifiedCache),
};

/** Certificates that are looked at, of those that came, and keys that are tried: others than the pinned certificates. */
const most = { certificates: 64, keys: 16 } as const;

/**
 * The verdict about each leaf that came with the evidence, in its order; it may be kept and used again until
 * `notAfter`, which is then all that has to be looked at.
 *
 * @param at Instant at which every certificate of the chain must be valid.
 * @throws {StrongroomError} `BadParameter` if it is not said whom to trust.
 */
export function endorseAmdKeys(
  { certificates, crls }: AmdEndorsements,
  trust: AmdTrust,
  at: Date,
): readonly Verdict<AmdEndorser>[] {
  assertInstant(at);
  assertStated(trust, stated);
  const given = unique(certificates.slice(0, most.certificates));
  const { cache } = trust;
  if (cache === undefined) {
    return endorseGiven(given, { crls, trust, at });
  }
  const prints = [...given.map(({ print }) => print), "crls", ...crls.map(fingerprint)];
  const key = cacheKey([JSON.stringify(trust.roots), trust.revocation, ...prints]);
  const held = cache.get(key, at);
  if (held !== undefined) {
    return held;
  }
  const verdicts = endorseGiven(given, { crls, trust, at });
  const dates = verdicts.map(endsOf);
  // Refusals are not kept: whoever sends rubbish would push out what is in use.
  if (dates.length > 0 && dates.every((one) => one !== undefined)) {
    const lists = crls.map(parseRevocationList);
    const ends = lists.flatMap(({ thisUpdate, nextUpdate }) => [thisUpdate, nextUpdate]);
    cache.set(key, verdicts, windowAround([...dates.flat(), ...ends], at));
  }
  return verdicts;
}

/** Each once: evidence and endorsements may both bring the vendor's chain. */
function unique(ders: readonly Uint8Array[]): readonly Given[] {
  const byPrint = new Map(ders.map((der) => [fingerprint(der), der]));
  return [...byPrint].map(([print, der]) => ({ der, print }));
}

function fingerprint(der: Uint8Array): string {
  return toHex(sha256(der));
}

function endsOf(verdict: Verdict<AmdEndorser>): readonly Date[] | undefined {
  return verdict.kind === "verified"
    ? [verdict.claims.notBefore, verdict.claims.notAfter]
    : undefined;
}

interface Given {
  readonly der: Uint8Array;
  readonly print: string;
}

function endorseGiven(
  given: readonly Given[],
  { crls, trust, at }: { readonly crls: readonly Uint8Array[] } & Pick<Context, "trust" | "at">,
): readonly Verdict<AmdEndorser>[] {
  const { roots } = trust;
  // Once for all keys: lists are long, and whoever sends evidence chooses how many keys come with it.
  let parsed: readonly RevocationList[] | undefined;
  const lists = () => {
    parsed ??= crls.map(parseRevocationList);
    return parsed;
  };
  const pinned = new Set(roots.flatMap(({ ark, ask, asvk }) => [ark, ...ask, ...asvk]));
  const find = (prints: readonly string[]) =>
    given.filter(({ print }) => prints.includes(print)).map(({ der }) => parseCertificate(der))[0];
  return given
    .filter(({ print }) => !pinned.has(print))
    .slice(0, most.keys)
    .map(({ der }) => decide(() => endorse(parseCertificate(der), { lists, trust, at, find })))
    .filter((verdict) => verdict !== notALeaf);
}

const notALeaf = refuse("untrusted-chain", "not a key that signs reports");

interface Context {
  readonly find: (fingerprints: readonly string[]) => Certificate | undefined;
  /** @throws {StrongroomError} `EvidenceMalformed` if one is none. */
  readonly lists: () => readonly RevocationList[];
  readonly trust: AmdTrust;
  readonly at: Date;
}

function endorse(certificate: Certificate, context: Context): Verdict<AmdEndorser> {
  if (!isAmdLeaf(certificate)) {
    return notALeaf;
  }
  const leaf = readAmdLeaf(certificate);
  const refusals: Refused[] = [];
  for (const root of context.trust.roots.filter(({ product }) => product === leaf.product)) {
    const verdict = endorseUnder(root, leaf, context);
    if (verdict.kind === "verified") {
      return verdict;
    }
    refusals.push(verdict);
  }
  return refusals[0] ?? refuse("untrusted-chain", `no root is trusted for ${leaf.product}`);
}

function endorseUnder(root: AmdRoot, leaf: AmdLeaf, context: Context): Verdict<AmdEndorser> {
  const ark = context.find([root.ark]);
  const signer = context.find(leaf.holder.kind === "vcek" ? root.ask : root.asvk);
  if (ark === undefined || signer === undefined) {
    return refuse("endorsements-unavailable", `no certificates of ${root.name} that are pinned`);
  }
  const chain = [leaf.certificate, signer, ark] as const;
  const refused = checkChain(chain) ?? checkDates(chain, context.at);
  if (refused !== undefined) {
    return refused;
  }
  const revocation = checkRevocation(context.lists(), { ark, signer }, context.at);
  if (typeof revocation === "object") {
    return revocation;
  }
  if (revocation === "unbound" && context.trust.revocation !== "if-given") {
    return refuse("endorsements-unavailable", "no revocation list of the root");
  }
  return { kind: "verified", claims: { leaf, root, revocation, ...validity(chain) } };
}

type Chain = readonly [Certificate, Certificate, Certificate];

function checkChain([leaf, signer, ark]: Chain): Refused | undefined {
  if (!isIssuedBy(leaf, signer) || !isIssuedBy(signer, ark) || !isIssuedBy(ark, ark)) {
    return refuse("untrusted-chain", "the key was not signed by a pinned one");
  }
  if (leaf.publicKey.asymmetricKeyDetails?.namedCurve !== "secp384r1") {
    return refuse("untrusted-chain", "the key is not one of P-384");
  }
  const unknown = [...leaf.extensions].some(
    ([oid, { critical }]) => critical && !isAmdExtension(oid),
  );
  return unknown ? refuse("untrusted-chain", "a critical extension is not understood") : undefined;
}

function checkDates(chain: Chain, at: Date): Refused | undefined {
  const { notBefore, notAfter } = validity(chain);
  return notBefore <= at && at <= notAfter
    ? undefined
    : refuse("expired", "a certificate of the chain is not valid at this time");
}

function validity(chain: Chain): { readonly notBefore: Date; readonly notAfter: Date } {
  const times = (key: "notBefore" | "notAfter") => chain.map((one) => one[key].getTime());
  return {
    notBefore: new Date(Math.max(...times("notBefore"))),
    notAfter: new Date(Math.min(...times("notAfter"))),
  };
}
