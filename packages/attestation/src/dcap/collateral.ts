// SPDX-License-Identifier: Apache-2.0
/** What judged a quote, by digests: which of Intel's statements, whose certificates, which revocation list. */

import { sha256, toHex } from "@strongroom/core";
import type { Certificate } from "../x509/certificate.ts";
import type { RevocationList } from "../x509/revocation-list.ts";
import type { Chosen } from "./choose-endorsement.ts";

/** SHA-256 in lower-case hexadecimal, over what was verified and not over the answer that it came in, of which there are several forms. */
export interface StatementDigests {
  /** Of the text that was signed. */
  readonly statement: string;
  /** Of the signer's certificate and its issuers', DER, one after the other. */
  readonly certificates: string;
  /** Of the newest list, DER, that says that the signer's certificate is not revoked. */
  readonly revocationList: string;
}

/** Digests of the statements that judged a quote. */
export interface Collateral {
  readonly identity: StatementDigests;
  readonly info: StatementDigests;
}

/** Digests of a statement that was chosen. @param at Instant at which it was, when the list is valid */
export function digestStatement(
  { value, path }: Chosen<{ readonly digest: string }>,
  lists: readonly RevocationList[],
  at: Date,
): StatementDigests {
  const [, issuer] = path;
  return {
    statement: value.digest,
    certificates: toHex(sha256(...path.map(({ der }) => der))),
    revocationList: toHex(sha256(newest(lists, issuer, at)?.der ?? new Uint8Array())),
  };
}

function newest(
  lists: readonly RevocationList[],
  issuer: Certificate | undefined,
  at: Date,
): RevocationList | undefined {
  return lists
    .filter(
      (list) =>
        list.issuer === issuer?.subject &&
        list.isSignedBy(issuer.publicKey) &&
        list.thisUpdate <= at &&
        at <= list.nextUpdate,
    )
    .toSorted((one, other) => other.thisUpdate.getTime() - one.thisUpdate.getTime())[0];
}
