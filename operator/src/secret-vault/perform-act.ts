// SPDX-License-Identifier: Apache-2.0
/** The steps of a vault's plan that are writes to the API server. */

import { caConfigMapName } from "@strongroom/api";
import type { KubeClient } from "@strongroom/kube";
import { type SecretVault, secretVaults } from "../resource.ts";
import { configMaps, services } from "./observation.ts";
import type { VaultAct } from "./plan.ts";

/** A step that only the API server sees. */
export type KubeAct = Exclude<VaultAct, { readonly kind: "putVault" | "deleteVault" }>;

/** Does one step. `Conflict` where the world moved on since it was looked at. */
export async function performKubeAct(
  kube: KubeClient,
  { metadata }: SecretVault,
  act: KubeAct,
): Promise<void> {
  const { name, namespace } = metadata;
  const configMap = { ...configMaps, namespace, name: caConfigMapName };
  switch (act.kind) {
    case "addFinalizer":
    case "removeFinalizer": {
      // The resourceVersion keeps us from undoing a finalizer that someone else changed meanwhile.
      const { resourceVersion } = metadata;
      const patch = { metadata: { resourceVersion, finalizers: act.finalizers } };
      await kube.merge({ ...secretVaults, namespace, name }, patch);
      return;
    }
    case "createService":
      await kube.create({ ...services, namespace, name }, act.body);
      return;
    case "applyService":
      await kube.apply({ ...services, namespace, name }, act.body);
      return;
    case "createConfigMap":
      await kube.create(configMap, act.body);
      return;
    case "applyConfigMap":
      await kube.apply(configMap, act.body);
      return;
    case "deleteConfigMap":
      await kube.remove(configMap, act.uid);
      return;
  }
}
