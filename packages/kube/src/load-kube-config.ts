// SPDX-License-Identifier: Apache-2.0
/** Where the API server is: the pod's ServiceAccount in a cluster, else a kubeconfig file. */

import { KubeConfig } from "@kubernetes/client-node";

/** Loads the pod's own credentials, or the file where one is named. */
export function loadKubeConfig(file?: string): KubeConfig {
  const config = new KubeConfig();
  if (file === undefined) {
    config.loadFromCluster();
  } else {
    config.loadFromFile(file);
  }
  return config;
}
