// SPDX-License-Identifier: Apache-2.0
/** Names that the node plugin shares with Kubernetes and the vault. */

/** What this program says it is, where it attests. */
export const pluginName = "strongroom-node";

/** What mount tables show as the source of our tmpfs; how a restarted plugin knows its own. */
export const mountSource = "strongroom";

/** Key under which kubelet puts the pod's tokens into `secrets` (`serviceAccountTokenInSecrets`). */
export const tokensKey = "csi.storage.k8s.io/serviceAccount.tokens";

/** The symbolic link through which every file of a volume is reached. */
export const dataLink = "..data";
