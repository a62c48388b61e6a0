// SPDX-License-Identifier: Apache-2.0
/** A sealed value as a resource that can be applied. */

import { apiVersion } from "@strongroom/api";
import { stringify } from "yaml";
import type { Recipient } from "./read-recipient.ts";

/** YAML of the VaultSecret; its own name is the secret's in lower case. */
export function toManifest(
  { vaultName, namespace }: Recipient,
  name: string,
  sealed: string,
): string {
  const own = name.toLowerCase().replace(/^-+|-+$/g, "") || "secret";
  const resource = {
    apiVersion,
    kind: "VaultSecret",
    metadata: { name: own, namespace },
    spec: { vault: vaultName, ...(own === name ? {} : { name }), sealed },
  };
  // Kubernetes reads YAML 1.1, in which a secret named `no` would be a boolean.
  return stringify(resource, { version: "1.1", lineWidth: 0 });
}
