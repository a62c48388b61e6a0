// SPDX-License-Identifier: Apache-2.0
/** HTTPS clients of the hosts that this node asks: all dial the installation's Service, each under its own name. */

import { createVaultClient, type VaultClient } from "@strongroom/client";
import { readTrustFile } from "./trust-files.ts";

/** Where the installation is and which files say whom to trust. */
export interface VaultClientsConfig {
  /** host:port */
  readonly vaultAddress: string;
  readonly caFile: string;
  readonly tokenFile: string;
}

/** Clients by host name, made when they are needed first. */
export interface VaultClients {
  forHost(serverName: string): VaultClient;
}

/** Hosts whose connections are kept; one more closes those of the host that was added first. */
const limit = 256;

/** No connection is made before a call. */
export function createVaultClients(config: VaultClientsConfig): VaultClients {
  const clients = new Map<string, VaultClient>();
  const split = config.vaultAddress.lastIndexOf(":");
  const dial = {
    host: config.vaultAddress.slice(0, split),
    port: Number(config.vaultAddress.slice(split + 1)),
  };
  const create = (serverName: string): VaultClient =>
    createVaultClient({
      dial,
      serverName,
      ca: () => readTrustFile(config.caFile),
      token: async () => readTrustFile(config.tokenFile),
    });
  return {
    forHost: (serverName) => {
      const found = clients.get(serverName) ?? create(serverName);
      const [oldest] = clients.entries();
      if (!clients.has(serverName) && clients.size >= limit && oldest !== undefined) {
        clients.delete(oldest[0]);
        oldest[1][Symbol.dispose]();
      }
      clients.set(serverName, found);
      return found;
    },
  };
}
