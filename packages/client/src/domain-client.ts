// SPDX-License-Identifier: Apache-2.0
/** The security domain's routes: what a security officer's client calls on the installation's host. */

import {
  type DomainStatus,
  type DownloadRequest,
  domainOperationSchema,
  domainStatusSchema,
  type RotateRequest,
  routes,
  securityDomainSchema,
  type TransferKey,
  transferKeySchema,
} from "@strongroom/api";
import type { VaultTransport } from "./vault-transport.ts";

/** What a security officer may do. */
export interface DomainClient {
  status(): Promise<DomainStatus>;
  /** Activates the HSM; the domain's bytes, base64url. @throws {StrongroomError} `Conflict` if others were its custodians */
  download(request: DownloadRequest): Promise<string>;
  /** The exchange key of this HSM. */
  transferKey(): Promise<TransferKey>;
  /** Recovers the keys with a restore file, base64url. */
  upload(restore: string): Promise<void>;
  /** Makes new key encryption keys; the store's keys are moved under them afterwards. */
  rotate(request: RotateRequest): Promise<DomainStatus>;
  /** Destroys the old ones. @throws {StrongroomError} `Conflict` while keys in the store are under them */
  retire(): Promise<DomainStatus>;
}

/** These routes over `transport`. */
export function createDomainClient({ sendJson }: VaultTransport): DomainClient {
  const ours = (path: string, body: object) =>
    sendJson(domainStatusSchema, { method: "POST", path, body });
  return {
    status: () => sendJson(domainStatusSchema, { method: "GET", path: routes.domain }),
    download: async (body) => {
      const path = routes.downloadDomain;
      return (await sendJson(securityDomainSchema, { method: "POST", path, body })).value;
    },
    transferKey: () => sendJson(transferKeySchema, { method: "GET", path: routes.uploadDomain }),
    upload: async (value) => {
      const path = routes.uploadDomain;
      await sendJson(domainOperationSchema, { method: "POST", path, body: { value } });
    },
    rotate: (body) => ours(routes.rotateKeks, body),
    retire: () => ours(routes.retireKeks, {}),
  };
}
