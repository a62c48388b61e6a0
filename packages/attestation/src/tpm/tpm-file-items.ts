// SPDX-License-Identifier: Apache-2.0
/** What files about a TPM hold, whichever tool wrote them. */

import type { PcrBanks } from "./pcr-values.ts";

/** One thing that was found in a file; nothing of it is verified. */
export type TpmItem =
  /** TPMS_ATTEST. */
  | { readonly kind: "quote"; readonly message: Uint8Array }
  /** TPMT_SIGNATURE. */
  | { readonly kind: "signature"; readonly value: Uint8Array }
  /** A quote whose signature and values came with it. */
  | ({ readonly kind: "signed-quote" } & SignedQuote)
  /** TPMT_PUBLIC. */
  | { readonly kind: "public"; readonly encoded: Uint8Array }
  /** SubjectPublicKeyInfo, DER. */
  | { readonly kind: "spki"; readonly der: Uint8Array }
  | { readonly kind: "certificate"; readonly der: Uint8Array }
  | { readonly kind: "pcrs"; readonly banks: PcrBanks }
  | { readonly kind: "event-log"; readonly log: Uint8Array }
  /** What the file does not say: a bare RSA signature, or PCR values one after the other. */
  | { readonly kind: "opaque"; readonly bytes: Uint8Array };

/** A quote as it is verified. */
export interface SignedQuote {
  /** TPMS_ATTEST. */
  readonly message: Uint8Array;
  /** TPMT_SIGNATURE, or a bare RSASSA signature with SHA-256. */
  readonly signature: Uint8Array;
  /** Values by bank; undefined where none came. */
  readonly pcrs: PcrBanks | undefined;
}
