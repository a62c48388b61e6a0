// SPDX-License-Identifier: Apache-2.0
/** What a quote's certificates and Intel's statements come to: the same for every quote of one platform. */

import type { KeyObject } from "node:crypto";
import { sha256, toHex } from "@strongroom/core";
import { cacheKey, type HeldWindow, type VerifiedCache, windowAround } from "../verified-cache.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { Collateral } from "./collateral.ts";
import type { DcapEndorsements } from "./dcap-endorsements.ts";
import type { DcapRoot } from "./dcap-root.ts";
import type { EnclaveIdentity } from "./enclave-identity.ts";
import type { Quote } from "./parse-quote.ts";
import type { PckPlatform } from "./pck-certificate.ts";
import type { TcbInfo } from "./tcb-info.ts";

/** What a quote is verified with. */
export interface DcapTrust {
  readonly endorsements: DcapEndorsements;
  readonly roots: readonly DcapRoot[];
  /** Platforms that were verified before; quotes, enclaves and expectations are looked at each time. */
  readonly cache?: VerifiedCache<CertifiedPlatform>;
}

/** A platform that a root vouches for, and the statements that judge it. */
export interface CertifiedPlatform {
  /** The platform's certification key, which signs its quoting enclave's reports. */
  readonly pck: KeyObject;
  readonly root: DcapRoot;
  readonly platform: PckPlatform;
  readonly identity: EnclaveIdentity;
  readonly info: TcbInfo;
  /** What the two statements were, and what vouched for them. */
  readonly collateral: Collateral;
}

/**
 * What the answer for a quote's platform follows from; undefined where the quote brings no chain, as the certificate is then
 * found by its signature.
 */
export function platformKey(quote: Quote, { endorsements, roots }: DcapTrust): string | undefined {
  const { certification } = quote.signature;
  if (certification.kind !== "chain") {
    return undefined;
  }
  const chain = certification.certificates.map((der) => toHex(sha256(der)));
  return cacheKey([endorsements.digest, JSON.stringify(roots), quote.body.kind, ...chain]);
}

/** How long the answer stays: until the next date of any certificate, list or statement. */
export function platformWindow(
  certificates: readonly Certificate[],
  { revocationLists, tcbInfos, identities }: DcapEndorsements,
  at: Date,
): HeldWindow {
  const statements = [...tcbInfos, ...identities].map(({ value }) => value);
  return windowAround(
    [
      ...certificates.flatMap((one) => [one.notBefore, one.notAfter]),
      ...revocationLists.flatMap((one) => [one.thisUpdate, one.nextUpdate]),
      ...statements.flatMap((one) => [one.issueDate, one.nextUpdate]),
    ],
    at,
  );
}
