// SPDX-License-Identifier: Apache-2.0
/** Which ServiceAccounts a SecretVault means: the vault binds each name to the uid that is found here first. */

import type { SecretVaultSpec } from "@strongroom/api";
import type { KubeClient } from "@strongroom/kube";

/** A ServiceAccount that exists. */
export interface FoundAccount {
  readonly name: string;
  readonly uid: string;
}

/** The accounts of `namespace` that `spec` names without a uid and that exist. */
export async function findAccounts(
  kube: Pick<KubeClient, "get">,
  namespace: string,
  spec: SecretVaultSpec,
): Promise<FoundAccount[]> {
  const named = spec.roleAssignments.flatMap(({ principals }) =>
    principals.flatMap(({ serviceAccount }) =>
      serviceAccount === undefined || serviceAccount.uid !== undefined ? [] : serviceAccount.name,
    ),
  );
  const found: FoundAccount[] = [];
  // One after the other: a vault may name hundreds, and the API server is everybody's.
  for (const name of new Set(named)) {
    const account = await kube.get({
      apiVersion: "v1",
      plural: "serviceaccounts",
      namespace,
      name,
    });
    if (account?.metadata.uid !== undefined) {
      found.push({ name, uid: account.metadata.uid });
    }
  }
  return found;
}
