// SPDX-License-Identifier: Apache-2.0
/** Puts the vault together from its parts and serves it. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { installationScope, isStrongroomError, utf8 } from "@strongroom/core";
import { createAttestationService } from "./attestation/authority.ts";
import { createNodeVerdicts } from "./attestation/node-verdicts.ts";
import { openRules } from "./attestation/rules/rules-source.ts";
import { openTokenKeySource, type TokenKeySource } from "./attestation/token/rotate-token-keys.ts";
import { createLeafProofs } from "./audit/prove-leaves.ts";

import { certificateType } from "./certificates/certificate-type.ts";
import { createCertificateKeys } from "./certificates/create-certificate-keys.ts";
import { renewOnTime } from "./certificates/renewal-loop.ts";
import { pfxToPem } from "./certificates/secret-content.ts";

import { awaitActivation } from "./domain/await-activation.ts";
import { journalFile } from "./domain/journal.ts";
import { createKeyMover, type KeyMover } from "./domain/move-keys.ts";
import { openDomain } from "./domain/open-domain.ts";
import { createOperationAudit } from "./full-backup/audit-of-operations.ts";
import { type AwaitRestoreDeps, awaitRestore } from "./full-backup/await-restore.ts";
import { createJobs } from "./full-backup/jobs.ts";
import { openFullBackup } from "./full-backup/open-full-backup.ts";
import { createRestores, type Exchange } from "./full-backup/restores.ts";
import { createHealthServer } from "./http/health.ts";
import { createRestoreGate } from "./http/objects/restore-gate.ts";
import { RateLimiter } from "./http/rate-limit.ts";
import { createServer, type ServerDeps } from "./http/server.ts";
import { createAuthentication } from "./identity/authenticate.ts";
import { createEnvelopeSigner } from "./installation/envelope-signer.ts";
import { type Installation, openInstallation } from "./installation/open-installation.ts";
import { publishTrust, writeTrust } from "./installation/publish-trust.ts";
import { createReleaseKeySource } from "./installation/release-key.ts";
import { createServerCertificates } from "./installation/server-certificates.ts";
import { type KeptOpen, keepOpen } from "./keep-open.ts";
import { createKeyCarrier } from "./keys/carry-key.ts";
import { createKeyAccess } from "./keys/key-access.ts";
import { keyKind } from "./keys/key-kind.ts";
import { rotateKeys } from "./keys/rotation-loop.ts";
import { createLine } from "./manage/manage-vault.ts";
import { purgeVaults, type VaultPurgeDeps } from "./manage/purge-vaults.ts";
import { createBackupKeys } from "./objects/backup/backup-keys.ts";
import type { ObjectType } from "./objects/object-type.ts";
import { sweepPurges } from "./objects/purge-sweep.ts";
import { createTargetVerifier } from "./release/attestation-token/verify-target.ts";
import { createReceiptSearch } from "./release/receipt/find-receipts.ts";
import { rotateSecrets } from "./secrets/rotation/rotation-loop.ts";
import { secretType } from "./secrets/secret-type.ts";
import type { VaultDeps } from "./vault-deps.ts";
import { loadVaultDirectory } from "./vaults/vault-directory.ts";
import type { Vault } from "./vaults/vault-record.ts";

/** A running vault. */
export interface RunningVault extends AsyncDisposable {
  /** Rejects if it had to open its store anew and could not. */
  readonly failed: Promise<never>;
}

/** Every kind of object. */
const objectTypes: readonly ObjectType[] = [secretType, keyKind, certificateType];

/** Starts the vault; when it resolves, the vault answers. */
export async function startVault(deps: VaultDeps): Promise<RunningVault> {
  const { config, metrics } = deps;
  await using stack = new AsyncDisposableStack();
  const health = createHealthServer({
    registry: metrics.registry,
    isReady: async () => (await phase?.current?.isReady()) ?? false,
  });
  let phase: KeptOpen<Phase> | undefined;
  health.listen(config.health.port, config.health.address);
  await once(health, "listening");
  stack.defer(() => void health.close());
  await awaitActivation(deps);
  const audit = createOperationAudit(join(config.store.directory, journalFile));
  const operations = { jobs: createJobs(deps), restores: createRestores(), audit };
  phase = stack.use(await openFirst({ ...deps, ...operations }));
  const { failed } = phase;
  const resources = stack.move();
  return { failed, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

// A store that must not be served can be restored, where the configuration wants that.
async function openFirst(deps: AwaitRestoreDeps): Promise<KeptOpen<Phase>> {
  for (;;) {
    try {
      return await keepOpen((reopen) => openExchanged(deps, reopen));
    } catch (error) {
      const waits =
        deps.config.backup.onRefusedStore === "wait" &&
        (isStrongroomError(error, "HeadRollback") || isStrongroomError(error, "StoreTampered"));
      if (!waits) {
        throw error;
      }
      deps.log.failure("the store is not served", error);
      await awaitRestore(deps, error);
    }
  }
}

async function openExchanged(deps: AwaitRestoreDeps, reopen: () => void): Promise<Phase> {
  const exchange = deps.restores.take();
  deps.audit.use(undefined);
  try {
    const phase = await openPhase(deps, { reopen, exchange });
    exchange?.done();
    return phase;
  } catch (error) {
    exchange?.fail(error);
    throw error;
  }
}

/** How a store is opened. */
interface Opening {
  readonly reopen: () => void;
  readonly exchange: Exchange | undefined;
}

/** The vault over one opening of its store. */
interface Phase extends AsyncDisposable {
  readonly isReady: () => Promise<boolean>;
}

async function openPhase(deps: AwaitRestoreDeps, { reopen, exchange }: Opening): Promise<Phase> {
  const { config, clock, log } = deps;
  await using stack = new AsyncDisposableStack();
  const installation = stack.use(await openInstallation(config, clock, log, exchange));
  if (config.trustDirectory !== undefined) {
    await writeTrust(config.trustDirectory, installation.keys);
  }
  const directory = await loadVaultDirectory(installation.ledger);
  const vaults = { directory, oneAtATime: createLine() };
  const derive = deriveFrom(installation.scopeKeys);
  const mover = createKeyMover({ ...installation, derive, clock, log });
  const tokenKeys = await openTokenKeySource({ ...installation, clock, log });
  const parts = { ...vaults, mover, tokenKeys };
  const app = createServer(await serverDeps(deps, installation, { ...parts, reopen }));
  await app.listen({ port: config.listen.port, host: config.listen.address });
  stack.defer(() => app.close());
  runInBackground(deps, installation, parts, stack);
  const { port } = app.server.address() as AddressInfo;
  log.info("vault serves", { port });
  const resources = stack.move();
  return {
    isReady: async () =>
      installation.ledger.isSound() && (await installation.hsm.status()).initialised,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The vaults in memory, the line of their writes, what follows a rotation of the HSM's keys, and the tokens' keys. */
interface Vaults extends Pick<VaultPurgeDeps, "directory" | "oneAtATime"> {
  readonly mover: KeyMover;
  readonly tokenKeys: TokenKeySource;
}

async function serverDeps(
  deps: AwaitRestoreDeps,
  installation: Installation,
  { directory, oneAtATime, mover, tokenKeys, reopen }: Vaults & { readonly reopen: () => void },
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

function deriveFrom(scopeKeys: Installation["scopeKeys"]) {
  return (vault: Vault) => scopeKeys.derive(vault.uid, vault.protection);
}

function runInBackground(
  { config, kubernetes, clock, log }: VaultDeps,
  { ledger, keys, hsm, scopeKeys }: Installation,
  { directory, oneAtATime, mover, tokenKeys }: Vaults,
  stack: AsyncDisposableStack,
): void {
  const stop = new AbortController();
  const derive = deriveFrom(scopeKeys);
  const random = (bytes: number) => hsm.random(bytes);
  const targets = config.kubernetes?.trustConfigMaps ?? [];
  const certificateKeys = createCertificateKeys({ ledger, hsm, derive });
  const jobs = [
    mover.run(stop.signal),
    tokenKeys.run(stop.signal),
    rotateKeys({ ledger, directory, hsm, derive, clock, log }, stop.signal),
    rotateSecrets({ ledger, directory, derive, random, clock, log }, stop.signal),
    sweepPurges({ ledger, directory, types: objectTypes, clock, log }, stop.signal),
    purgeVaults({ ledger, directory, types: objectTypes, clock, log, oneAtATime }, stop.signal),
    renewOnTime({ ledger, directory, clock, log, hsm, derive, certificateKeys }, stop.signal),
  ];
  if (kubernetes !== undefined) {
    jobs.push(publishTrust({ kubernetes, keys, targets, clock, log }, stop.signal));
  }
  stack.defer(async () => {
    stop.abort();
    await Promise.allSettled(jobs);
  });
}
