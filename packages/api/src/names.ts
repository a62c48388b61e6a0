// SPDX-License-Identifier: Apache-2.0
/** Names: of the API group, of what it labels, and the spelling of what users name. */

import { z } from "zod";

/** API group of every resource. */
export const apiGroup = "strongroom.io";

/** Version of every resource in the group. */
export const apiGroupVersion = "v1alpha1";

/** `apiVersion` of every resource. */
export const apiVersion = `${apiGroup}/${apiGroupVersion}`;

/** Finalizer of a SecretVault; no other kind has one. */
export const finalizerName = "strongroom.io/finalizer";

/** Label on what the operator made: the uid of the vault that it belongs to. */
export const vaultLabel = "strongroom.io/vault-uid";

/** ConfigMap that tells a namespace whom to trust. */
export const caConfigMapName = "strongroom-ca";

/** Keys of that ConfigMap: PEM certificates. */
export const caConfigMapKeys = {
  infrastructureCa: "infrastructure-ca.crt",
  releaseRoot: "release-root.crt",
} as const;

/**
 * Key beside those, while an installation waits for its security domain: what its host's certificate is issued by until
 * then. No component waits for it.
 */
export const activationCaKey = "activation-ca.crt";

/** Name of the CSI driver. */
export const csiDriverName = "csi.strongroom.io";

/** Vault names that would shadow what clusters have under the same name in some namespace. */
export const reservedVaultNames = ["kubernetes", "localhost", "strongroom"] as const;

/** Name of a vault: it becomes the name of a Service (RFC 1035 label). */
export const vaultNameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);

/** Name of an object in a vault, as Key Vault has it; compared without regard to case. */
export const objectNameSchema = z
  .string()
  .min(1)
  .max(127)
  .regex(/^[0-9a-zA-Z-]+$/);

/** Pattern over object names: `*` stands for any run of characters. */
export const objectPatternSchema = z
  .string()
  .min(1)
  .max(127)
  .regex(/^[0-9a-zA-Z*-]+$/);

/** Version of an object: 32 hexadecimal digits. */
export const objectVersionSchema = z
  .string()
  .length(32)
  .regex(/^[0-9a-f]{32}$/);

/** Name of a Kubernetes object (RFC 1123 subdomain). */
export const kubernetesNameSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/);

/** Name of a Kubernetes namespace (RFC 1123 label). */
export const namespaceNameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** Uid that the API server gave to an object. */
export const uidSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9a-zA-Z-]+$/);

/** Kinds of objects that a vault holds, as in the routes. */
export const objectKindSchema = z.enum(["secrets", "keys", "certificates"]);

/** Kind of an object. */
export type ObjectKind = z.output<typeof objectKindSchema>;
