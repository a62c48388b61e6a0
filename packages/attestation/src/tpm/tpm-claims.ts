// SPDX-License-Identifier: Apache-2.0
/** Claims of verified quotes. A TPM proves how a machine was started, never that its memory is isolated: its tier says so. */

import { toHex } from "@strongroom/core";
import { keyFingerprint } from "../ek/attestation-anchors.ts";
import type { JsonObject } from "../strict-json.ts";
import { toAikClaims } from "./aik-claims.ts";
import type { AnchoredQuotes } from "./verify-anchored-quotes.ts";

/** The claims; clocks and counters are the TPM's own. */
export function toTpmClaims({ anchor, quotes, pcrs }: AnchoredQuotes): JsonObject {
  const [quote] = quotes;
  // Who named a key vouches for it, and no certificate does.
  const isCertified = anchor.root.fingerprint !== keyFingerprint(anchor.key);
  return {
    ...toAikClaims(anchor.key, isCertified),
    "x-ms-attestation-type": "tpm",
    "x-strongroom-class": anchor.root.class,
    "x-strongroom-pcrs": pcrs,
    "x-strongroom-root": anchor.root.fingerprint,
    "x-strongroom-tier": "tpm",
    "x-strongroom-tpm-clock": quote.clock.toString(),
    "x-strongroom-tpm-clock-safe": quote.safe,
    "x-strongroom-tpm-extra-data": toHex(quote.extraData),
    "x-strongroom-tpm-firmware": quote.firmwareVersion.toString(16).padStart(16, "0"),
    "x-strongroom-tpm-quoted-pcrs": Object.fromEntries(
      quotes.flatMap((one) => one.selections.map(({ bank, indexes }) => [bank, indexes])),
    ),
    "x-strongroom-tpm-reset-count": quote.resetCount,
    "x-strongroom-tpm-restart-count": quote.restartCount,
  };
}
