// SPDX-License-Identifier: Apache-2.0
/** Names of a vault: the hosts that it answers under, and the domains that its CA vouches for. */

import type { PutVaultRequest } from "@strongroom/api";
import { Refusal } from "../audit/event.ts";

/** Its hosts. @throws {Refusal} `BadParameter` for a name of the cluster's own. */
export function hostsOf(
  { name, namespace, spec }: PutVaultRequest,
  clusterDomain: string,
): string[] {
  const own = `${name}.${namespace}.svc`;
  const extra = spec.address?.hosts ?? [];
  const foreign = extra.find(
    (host) => host.endsWith(".svc") || host.endsWith(`.svc.${clusterDomain}`),
  );
  if (foreign !== undefined) {
    throw new Refusal(
      "BadParameter",
      `host ${foreign} is a name of the cluster's own; only the vault's own is given`,
    );
  }
  return [own, `${own}.${clusterDomain}`, ...extra];
}

/** Its domains. */
export function domainsOf({ namespace, spec }: PutVaultRequest, clusterDomain: string): string[] {
  const own = `${namespace}.svc`;
  return [...new Set([own, `${own}.${clusterDomain}`, ...(spec.certificates?.domains ?? [])])];
}
