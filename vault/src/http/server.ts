// SPDX-License-Identifier: Apache-2.0
/** The HTTPS server: one for all vaults, which picks certificate and vault by the host that the client names. */

import { StrongroomError } from "@strongroom/core";
import type { FastifyInstance } from "fastify";
import type { ReleaseDeps } from "../release/release.ts";
import {
  type AttestationRouteDeps,
  registerAttestationRoutes,
} from "./attestation/attestation-routes.ts";
import { registerNodeRoutes } from "./attestation/node-routes.ts";
import { registerPolicyRoutes } from "./attestation/policy-routes.ts";
import { type AuditRouteDeps, registerAuditRoutes } from "./audit/audit-routes.ts";
import type { CertificateRouteDeps } from "./certificates/certificate-call.ts";
import { registerCertificateRoutes } from "./certificates/certificate-routes.ts";
import { registerIssuerRoutes } from "./certificates/issuer-routes.ts";
import { type CharterRouteDeps, registerCharterRoutes } from "./charter/charter-routes.ts";
import { type AppDeps, createApp } from "./create-app.ts";

import type { KeyRouteDeps } from "./keys/key-call.ts";
import {
  type KeyRestoreDeps,
  registerKeyRestoreRoutes,
  sendKeyRestoreState,
} from "./keys/key-restore-routes.ts";
import { registerKeyRoutes } from "./keys/key-routes.ts";
import {
  type ManageAttestationDeps,
  registerManageAttestationRoutes,
} from "./manage/attestation-routes.ts";
import { type DomainRouteDeps, registerDomainRoutes } from "./manage/domain-routes.ts";
import { type FullBackupRouteDeps, registerFullBackupRoutes } from "./manage/full-backup-routes.ts";
import {
  type FullRestoreRouteDeps,
  registerFullRestoreRoutes,
} from "./manage/full-restore-routes.ts";
import { registerManageRoutes } from "./manage/manage-routes.ts";
import { registerSettingRoutes } from "./manage/setting-routes.ts";
import { type ExplainRouteDeps, registerExplainRoutes } from "./release/explain-routes.ts";
import {
  type ObjectReleaseRouteDeps,
  registerObjectReleaseRoutes,
} from "./release/object-release-routes.ts";
import { type ReceiptRouteDeps, registerReceiptRoutes } from "./release/receipt-routes.ts";
import { registerReleaseRoutes } from "./release/release-routes.ts";
import { registerSecureUnwrapRoutes } from "./release/secure-unwrap-routes.ts";
import { registerRoleRoutes } from "./roles/role-routes.ts";
import { registerSecretRoutes, type SecretRouteDeps } from "./secrets/secret-routes.ts";

/** What the server works with. */
export type ServerDeps = AttestationRouteDeps &
  ManageAttestationDeps &
  SecretRouteDeps &
  KeyRouteDeps &
  CertificateRouteDeps &
  ReleaseDeps &
  ObjectReleaseRouteDeps &
  ReceiptRouteDeps &
  ExplainRouteDeps &
  AuditRouteDeps &
  CharterRouteDeps &
  KeyRestoreDeps &
  Omit<AppDeps, "elsewhere"> & {
    readonly domain: DomainRouteDeps;
    readonly fullBackup: FullBackupRouteDeps & FullRestoreRouteDeps;
  };

/** The server with all its routes; the caller listens and closes. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const elsewhere = new StrongroomError("NotFound", "there is no such route");
  const instance = createApp({ ...deps, elsewhere });
  registerAttestationRoutes(instance, deps);
  registerManageRoutes(instance, deps);
  registerManageAttestationRoutes(instance, deps);
  registerSecretRoutes(instance, deps);
  registerKeyRoutes(instance, deps);
  registerIssuerRoutes(instance, deps);
  registerCertificateRoutes(instance, deps);
  registerNodeRoutes(instance, deps);
  registerPolicyRoutes(instance, deps);
  registerReleaseRoutes(instance, deps);
  registerObjectReleaseRoutes(instance, deps);
  registerSecureUnwrapRoutes(instance, deps);
  registerReceiptRoutes(instance, deps);
  registerExplainRoutes(instance, deps);
  registerRoleRoutes(instance, deps);
  registerAuditRoutes(instance, deps);
  registerCharterRoutes(instance, deps);
  registerDomainRoutes(instance, deps.domain);
  registerFullBackupRoutes(instance, deps.fullBackup);
  registerFullRestoreRoutes(instance, {
    ...deps.fullBackup,
    sendStateOnVault: (request, reply) => sendKeyRestoreState(deps, request, reply),
  });
  registerKeyRestoreRoutes(instance, deps);
  registerSettingRoutes(instance, deps);
  return instance;
}
