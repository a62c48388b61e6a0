// SPDX-License-Identifier: Apache-2.0
/** What to do about a SecretVault, decided from what was seen. Pure. */

import { apiVersion, caConfigMapName, finalizerName, vaultLabel } from "@strongroom/api";
import type { OwnerReference } from "@strongroom/kube";
import { vaultUidOf } from "../resource.ts";
import type { ConfigMap, Service, VaultObservation } from "./observation.ts";

/** Label value that says who made an object. */
export const managedBy = { "app.kubernetes.io/managed-by": "strongroom-operator" } as const;

/** One step; each can be repeated. They are done in order, and the next look starts from wherever they stopped. */
export type VaultAct =
  | { readonly kind: "addFinalizer"; readonly finalizers: readonly string[] }
  | { readonly kind: "createService" | "applyService"; readonly body: Service }
  | { readonly kind: "createConfigMap" | "applyConfigMap"; readonly body: ConfigMap }
  | { readonly kind: "putVault" }
  | { readonly kind: "deleteVault" }
  | { readonly kind: "deleteConfigMap"; readonly uid: string }
  | { readonly kind: "removeFinalizer"; readonly finalizers: readonly string[] };

/** Something in the way that we must not touch. */
export interface Obstacle {
  readonly reason: "AddressConflict" | "CertificatesConflict";
  readonly message: string;
}

/** Steps and obstacles. */
export interface VaultPlan {
  readonly acts: readonly VaultAct[];
  readonly obstacles: readonly Obstacle[];
}

interface Step {
  readonly act?: VaultAct;
  readonly obstacle?: Obstacle;
}

/** Plans a vault that is wanted, or one that is on its way out. */
export function planVault(observation: VaultObservation): VaultPlan {
  return observation.vault.metadata.deletionTimestamp === undefined
    ? planPresence(observation)
    : planAbsence(observation);
}

function planPresence(observation: VaultObservation): VaultPlan {
  const steps = [
    planFinalizer(observation),
    planService(observation),
    planConfigMap(observation),
    { act: { kind: "putVault" } } satisfies Step,
  ];
  return {
    acts: steps.flatMap((step: Step) => step.act ?? []),
    obstacles: steps.flatMap((step: Step) => step.obstacle ?? []),
  };
}

function planAbsence({ vault, caConfigMap, hasSiblings }: VaultObservation): VaultPlan {
  const present = vault.metadata.finalizers ?? [];
  if (!present.includes(finalizerName)) {
    return { acts: [], obstacles: [] };
  }
  const finalizers = present.filter((finalizer) => finalizer !== finalizerName);
  const uid = caConfigMap?.metadata.uid;
  const cleanUp: readonly VaultAct[] =
    uid === undefined || hasSiblings || !isOurs(caConfigMap)
      ? []
      : [{ kind: "deleteConfigMap", uid }];
  // The Service goes by its owner reference, after the vault.
  return {
    acts: [{ kind: "deleteVault" }, ...cleanUp, { kind: "removeFinalizer", finalizers }],
    obstacles: [],
  };
}

function planFinalizer({ vault }: VaultObservation): Step {
  const present = vault.metadata.finalizers ?? [];
  return present.includes(finalizerName)
    ? {}
    : { act: { kind: "addFinalizer", finalizers: [...present, finalizerName] } };
}

function planService(observation: VaultObservation): Step {
  const { vault, service, installationHost } = observation;
  const body = wantedService(observation);
  if (service === undefined) {
    // Created, not applied: applying would adopt a Service that someone makes in this very moment.
    return { act: { kind: "createService", body } };
  }
  const owner = service.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner?.uid !== vault.metadata.uid) {
    const message = `Service ${vault.metadata.name} exists and is not this vault's; delete it or name the vault otherwise`;
    return { obstacle: { reason: "AddressConflict", message } };
  }
  const { type, externalName } = service.spec;
  const isCurrent = type === "ExternalName" && externalName === installationHost;
  return isCurrent ? {} : { act: { kind: "applyService", body } };
}

function wantedService({ vault, service, installationHost }: VaultObservation): Service {
  const { name, namespace, uid } = vault.metadata;
  const owner: OwnerReference = { apiVersion, kind: "SecretVault", name, uid, controller: true };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace,
      ...(service?.metadata.uid !== undefined && { uid: service.metadata.uid }),
      labels: { ...managedBy, [vaultLabel]: vaultUidOf(vault) },
      ownerReferences: [owner],
    },
    spec: { type: "ExternalName", externalName: installationHost },
  };
}

function planConfigMap({ vault, caConfigMap, certificates }: VaultObservation): Step {
  const { namespace } = vault.metadata;
  const wanted: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: caConfigMapName, namespace, labels: { ...managedBy } },
    data: certificates,
  };
  if (caConfigMap === undefined) {
    return { act: { kind: "createConfigMap", body: wanted } };
  }
  if (holds(caConfigMap, certificates)) {
    return {};
  }
  if (isOurs(caConfigMap)) {
    return { act: { kind: "applyConfigMap", body: wanted } };
  }
  const message = `ConfigMap ${caConfigMapName} is someone else's and lacks the installation's certificates`;
  return { obstacle: { reason: "CertificatesConflict", message } };
}

function holds({ data }: ConfigMap, certificates: Readonly<Record<string, string>>): boolean {
  return Object.entries(certificates).every(([key, value]) => data?.[key] === value);
}

function isOurs(configMap: ConfigMap | undefined): boolean {
  const label = "app.kubernetes.io/managed-by";
  return configMap?.metadata.labels?.[label] === managedBy[label];
}
