// SPDX-License-Identifier: Apache-2.0
/** Puts together what the routes work with. */

import { installationScope, utf8 } from "@strongroom/core";
import { createAttestationService } from "./attestation/authority.ts";
import { createNodeVerdicts } from "./attestation/node-verdicts.ts";
import { openRules } from "./attestation/rules/rules-source.ts";
import { createLeafProofs } from "./audit/prove-leaves.ts";
import { createCertificateKeys } from "./certificates/create-certificate-keys.ts";
import { pfxToPem } from "./certificates/secret-content.ts";
import { deriveFrom } from "./derive-from.ts";
import { openDomain } from "./domain/open-domain.ts";
import type { AwaitRestoreDeps } from "./full-backup/await-restore.ts";
import { openFullBackup } from "./full-backup/open-full-backup.ts";
import { createRestoreGate } from "./http/objects/restore-gate.ts";
import { RateLimiter } from "./http/rate-limit.ts";
import type { ServerDeps } from "./http/server.ts";
import { createAuthentication } from "./identity/authenticate.ts";
import { createEnvelopeSigner } from "./installation/envelope-signer.ts";
import type { Installation } from "./installation/open-installation.ts";
import { createReleaseKeySource } from "./installation/release-key.ts";
import { createServerCertificates } from "./installation/server-certificates.ts";
import { createKeyCarrier } from "./keys/carry-key.ts";
import { createKeyAccess } from "./keys/key-access.ts";
import { objectTypes } from "./object-types.ts";
import { createBackupKeys } from "./objects/backup/backup-keys.ts";
import { createTargetVerifier } from "./release/attestation-token/verify-target.ts";
import { createReceiptSearch } from "./release/receipt/find-receipts.ts";
import type { OpenedParts } from "./run-in-background.ts";

/** What the server works with, over one opening of the store. */
export async function createServerDeps(
  deps: AwaitRestoreDeps,
  installation: Installation,
  {
    directory,
    oneAtATime,
    mover,
    tokenKeys,
    reopen,
  }: OpenedParts & { readonly reopen: () => void },
): Promise<ServerDeps> {
  const { config, kubernetes, clock, log, metrics } = deps;
  const { hsm, ledger, heads, keys, scopeKeys } = installation;
  const authority = { issuer: config.issuer, keys: tokenKeys };
  const rules = await openRules(ledger, config.attestation);
  const verdicts = createNodeVerdicts();
  const challengeKey = await scopeKeys.derive(installationScope, "Software")(
    "strongroom/challenge/v1",
    utf8(installationScope),
  );
  const derive = deriveFrom(scopeKeys);
  const backupKeys = createBackupKeys(hsm);
  const isInstallation = (host: string) => config.installationHosts.includes(host);
  const requests = {
    clock,
    directory,
    issuer: config.issuer,
    installationHosts: config.installationHosts,
    rateLimiter: new RateLimiter(config.limits, clock),
    preservesClientAddress: config.listen.clientAddress === "preserved",
    authenticate: await createAuthentication(config, kubernetes, clock),
  };
  return {
    ...requests,
    domain: { ...requests, ...openDomain({ hsm, ledger, clock, mover, reopen }) },
    fullBackup: {
      ...requests,
      ...openFullBackup({ ...deps, ...installation, backupKeys, reopen }),
    },
    log,
    ledger,
    hsm,
    keys: scopeKeys,
    macKey: (scope) => scopeKeys.macKey(scope),
    authority,
    minTlsVersion: config.listen.minTlsVersion,
    unnamedHost: config.listen.unnamedHost,
    rules,
    verdicts,
    attestation: createAttestationService({
      ledger,
      authority,
      rules,
      challengeKey,
      verdicts,
      metrics,
      log,
    }),
    derive,
    keyAccess: createKeyAccess({ ledger, derive }),
    certificateKeys: createCertificateKeys({ ledger, hsm, derive }),
    pfxToPem,
    random: (bytes) => hsm.random(bytes),
    types: objectTypes,
    carry: { keys: createKeyCarrier(hsm) },
    backupKeys,
    restoreGate: createRestoreGate(),
    releaseKey: createReleaseKeySource({ hsm, ledger, keys, clock }),
    releaseRoot: keys.releaseRoot.certificate,
    signEnvelope: createEnvelopeSigner({ hsm, ledger, ca: keys.infrastructureCa, clock }),
    verifyTarget: createTargetVerifier({
      ...{ authority, clock },
      externalIssuers: () => rules.current().spec.externalIssuers,
    }),
    leafProofs: createLeafProofs({ ledger, heads, clock }),
    findReceipts: createReceiptSearch({ ledger, heads }),
    references: () => rules.current().references,
    trustedAuthorities: () => {
      const { spec, references } = rules.current();
      return { own: authority.issuer, external: spec.externalIssuers, references };
    },
    headKey: keys.headKey,
    oneAtATime,
    naming: {
      clusterDomain: config.clusterDomain,
      clusterIssuer: `kubernetes:${config.kubernetes?.clusterUid ?? "none"}`,
      isTaken: (host, uid) => isInstallation(host) || (directory.byHost(host)?.uid ?? uid) !== uid,
    },
    certificates: createServerCertificates({
      ca: keys.infrastructureCa,
      clock,
      isServed: (host) => isInstallation(host) || directory.byHost(host) !== undefined,
    }),
  };
}
