// SPDX-License-Identifier: Apache-2.0
/** What the world around a SecretVault looks like. */

import { caConfigMapName } from "@strongroom/api";
import type { KubeObject } from "@strongroom/kube";
import type { OperatorDeps } from "../operator-deps.ts";
import type { SecretVault } from "../resource.ts";

/** A Service, as far as we care. */
export interface Service extends KubeObject {
  readonly spec: { readonly type?: string; readonly externalName?: string };
}

/** A ConfigMap. */
export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** What was seen. */
export interface VaultObservation {
  readonly vault: SecretVault;
  readonly service: Service | undefined;
  readonly caConfigMap: ConfigMap | undefined;
  readonly certificates: Readonly<Record<string, string>>;
  readonly installationHost: string;
  /** Whether another vault of the namespace needs the ConfigMap. */
  readonly hasSiblings: boolean;
}

/** Places of what we make in the vault's namespace. */
export const services = { apiVersion: "v1", plural: "services" } as const;
/** Places of what we make in the vault's namespace. */
export const configMaps = { apiVersion: "v1", plural: "configmaps" } as const;

/** Looks. */
export async function observeVault(
  deps: OperatorDeps,
  vault: SecretVault,
): Promise<VaultObservation> {
  const { namespace, name, uid } = vault.metadata;
  const isLeaving = vault.metadata.deletionTimestamp !== undefined;
  const [service, caConfigMap, certificates] = await Promise.all([
    deps.kube.get<Service>({ ...services, namespace, name }),
    deps.kube.get<ConfigMap>({ ...configMaps, namespace, name: caConfigMapName }),
    // A vault can go even where the installation has no certificates any more.
    isLeaving ? {} : deps.readCertificates(),
  ]);
  const hasSiblings = deps.vaults
    .list()
    .some(({ metadata }) => metadata.namespace === namespace && metadata.uid !== uid);
  const { installationHost } = deps;
  return { vault, service, caConfigMap, certificates, installationHost, hasSiblings };
}
