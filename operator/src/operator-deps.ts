// SPDX-License-Identifier: Apache-2.0
/** What every reconciler of one leader's term works with. */

import type { ManageCall } from "@strongroom/api";
import type { ManageClient } from "@strongroom/client";
import type { Clock, Log } from "@strongroom/core";
import type { KubeClient, ListWatch, RecordEvent } from "@strongroom/kube";
import type {
  AttestationAuthority,
  AttestedNode,
  KeyReleasePolicy,
  SecretVault,
  StrongroomResource,
  VaultCertificate,
  VaultKey,
  VaultSecret,
} from "./resource.ts";

/** Dependencies of the reconcilers. */
export interface OperatorDeps {
  readonly kube: KubeClient;
  readonly manage: ManageClient;
  readonly record: RecordEvent;
  readonly clock: Clock;
  readonly log: Log;
  /** Transitions of our lease: fences the leader before us out of the vault. */
  readonly epoch: number;
  /** Reads the installation's certificates, keyed as in ConfigMap `strongroom-ca`. */
  readonly readCertificates: () => Promise<Readonly<Record<string, string>>>;
  /** What the vaults' Services point to. */
  readonly installationHost: string;
  readonly authorities: Pick<ListWatch<AttestationAuthority>, "get" | "list">;
  readonly attestedNodes: Pick<ListWatch<AttestedNode>, "get" | "list">;
  readonly vaults: Pick<ListWatch<SecretVault>, "get" | "list">;
  readonly policies: Pick<ListWatch<KeyReleasePolicy>, "get" | "list">;
  readonly secrets: Pick<ListWatch<VaultSecret>, "get" | "list">;
  readonly keys: Pick<ListWatch<VaultKey>, "get" | "list">;
  readonly certificates: Pick<ListWatch<VaultCertificate>, "get" | "list">;
}

/** Fencing and ownership of a management call for `resource`. */
export function toManageCall({ epoch }: OperatorDeps, resource: StrongroomResource): ManageCall {
  const { generation, uid } = resource.metadata;
  return { epoch, generation, owner: { uid } };
}
