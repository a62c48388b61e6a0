// SPDX-License-Identifier: Apache-2.0
/** Our resources as the API server gives them: the spec is parsed where it is used, the status is our own. */

import {
  type AttestationAuthorityStatus,
  type AttestedNodeStatus,
  apiVersion,
  type CommonStatus,
  type KeyReleasePolicyStatus,
  type SecretVaultStatus,
  type VaultCertificateStatus,
  type VaultKeyStatus,
  type VaultSecretStatus,
} from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import type { KubeObject, ObjectMeta } from "@strongroom/kube";
import type { z } from "zod";

/** What every object in the API server has; `namespace` is missing of the kinds that are the cluster's. */
export type StoredMeta = ObjectMeta & {
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
};

/** One of our resources. */
export interface StrongroomResource<Status extends CommonStatus = CommonStatus> extends KubeObject {
  readonly metadata: StoredMeta;
  readonly spec: unknown;
  readonly status?: Status;
}

/** A SecretVault. */
export type SecretVault = StrongroomResource<SecretVaultStatus>;
/** A KeyReleasePolicy. */
export type KeyReleasePolicy = StrongroomResource<KeyReleasePolicyStatus>;
/** A VaultSecret. */
export type VaultSecret = StrongroomResource<VaultSecretStatus>;

/** A VaultKey. */
export type VaultKey = StrongroomResource<VaultKeyStatus>;
/** A VaultCertificate. */
export type VaultCertificate = StrongroomResource<VaultCertificateStatus>;

/** The AttestationAuthority. */
export type AttestationAuthority = StrongroomResource<AttestationAuthorityStatus>;
/** An AttestedNode. */
export type AttestedNode = StrongroomResource<AttestedNodeStatus>;

/** Places of our kinds in the API. */
export const attestationAuthorities = { apiVersion, plural: "attestationauthorities" } as const;
/** Places of our kinds in the API. */
export const attestedNodes = { apiVersion, plural: "attestednodes" } as const;
/** Places of our kinds in the API. */
export const secretVaults = { apiVersion, plural: "secretvaults" } as const;
/** Places of our kinds in the API. */
export const keyReleasePolicies = { apiVersion, plural: "keyreleasepolicies" } as const;
/** Places of our kinds in the API. */
export const vaultSecrets = { apiVersion, plural: "vaultsecrets" } as const;
/** Places of our kinds in the API. */
export const vaultKeys = { apiVersion, plural: "vaultkeys" } as const;
/** Places of our kinds in the API. */
export const vaultCertificates = { apiVersion, plural: "vaultcertificates" } as const;

/** Name of the vault that a policy or secret belongs to. */
export function vaultNameOf(resource: StrongroomResource): string {
  const { spec } = resource;
  const vault =
    typeof spec === "object" && spec !== null && "vault" in spec ? spec.vault : undefined;
  return typeof vault === "string" ? vault : "";
}

/** Uid of a SecretVault's vault: the resource's own, or the one that it recovers. */
export function vaultUidOf({ metadata, spec }: SecretVault): string {
  const recover =
    typeof spec === "object" && spec !== null && "recover" in spec ? spec.recover : undefined;
  return typeof recover === "string" ? recover : metadata.uid;
}

/** A spec, parsed: the API server checked most of it, but an older CRD may have let other things in. */
export function parseSpec<T>(schema: z.ZodType<T>, { spec }: StrongroomResource): T {
  const parsed = schema.safeParse(spec);
  if (parsed.success) {
    return parsed.data;
  }
  const issue = parsed.error.issues[0];
  const place = ["spec", ...(issue?.path ?? [])].join(".");
  throw new StrongroomError("BadParameter", `${place}: ${issue?.message ?? "malformed"}`);
}

/** A resource as events name it: items of a list lack their kind. */
export function toRegarding(resource: StrongroomResource, kind: string): StrongroomResource {
  return { ...resource, apiVersion, kind };
}
