// SPDX-License-Identifier: Apache-2.0
/** The host under which a vault answers in every cluster. */

import type { VaultName } from "./vault-port.ts";

/** Name in SNI, in the Host header, and in the certificate. */
export function hostOf({ name, namespace }: VaultName): string {
  return `${name}.${namespace}.svc`;
}
