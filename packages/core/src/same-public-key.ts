// SPDX-License-Identifier: Apache-2.0
/** Whether two keys are one. */

import type { KeyObject } from "node:crypto";

/**
 * Compares public keys.
 *
 * Of two types `equals` leaves an error with OpenSSL, which the next TLS connection of the process takes for its own and ends.
 */
export function isSamePublicKey(one: KeyObject, other: KeyObject): boolean {
  return one.asymmetricKeyType === other.asymmetricKeyType && one.equals(other);
}
