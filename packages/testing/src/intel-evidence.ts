// SPDX-License-Identifier: Apache-2.0
/** A quote of an Intel of our own with everything to verify it, and any fault in any part of it. */

import { type IntelEndorsementChanges, mintIntelEndorsements } from "./intel-endorsements.ts";
import {
  type IntelCertificateChanges,
  type IntelPki,
  type IntelRole,
  intelFingerprint,
  mintIntelPki,
} from "./intel-pki.ts";
import { type IntelQuoteChanges, type IntelQuoteKind, mintIntelQuote } from "./intel-quote.ts";

/** What shall be different. */
export interface IntelEvidenceChanges {
  /** A trust domain's of TDX 1.5 where nothing else is asked for. */
  readonly kind?: IntelQuoteKind;
  readonly pki?: Readonly<Partial<Record<IntelRole, IntelCertificateChanges>>>;
  readonly quote?: IntelQuoteChanges | ((pki: IntelPki) => IntelQuoteChanges);
  readonly endorsements?: IntelEndorsementChanges | ((pki: IntelPki) => IntelEndorsementChanges);
  readonly bundle?: (bundle: Record<string, string>, pki: IntelPki) => void;
  /** Stands behind the quote. */
  readonly trailing?: Uint8Array;
}

/** Evidence with what it is verified by. */
export interface IntelEvidence {
  readonly quote: Uint8Array;
  /** JSON text of a bundle. */
  readonly endorsements: Uint8Array;
  /** SHA-256 of the root's certificate, hexadecimal. */
  readonly fingerprint: string;
  readonly pki: IntelPki;
}

/** Mints evidence under a vendor of its own; without changes it is valid on 1 June 2026. */
export function mintIntelEvidence(changes: IntelEvidenceChanges = {}): IntelEvidence {
  const kind = changes.kind ?? "td15-5";
  const pki = mintIntelPki(changes.pki);
  const quoteChanges = typeof changes.quote === "function" ? changes.quote(pki) : changes.quote;
  const wish = changes.endorsements;
  const bundle = mintIntelEndorsements(kind, pki, typeof wish === "function" ? wish(pki) : wish);
  changes.bundle?.(bundle, pki);
  const quote = Buffer.concat([
    mintIntelQuote(kind, pki, quoteChanges),
    changes.trailing ?? new Uint8Array(),
  ]);
  return {
    quote: new Uint8Array(quote),
    endorsements: new Uint8Array(Buffer.from(JSON.stringify(bundle))),
    fingerprint: intelFingerprint(pki.root),
    pki,
  };
}
