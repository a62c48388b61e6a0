// SPDX-License-Identifier: Apache-2.0
/** Configuration of the vault: one YAML file, parsed once; unknown keys are refused. */

import { readFile } from "node:fs/promises";
import { attestationAuthoritySpecSchema } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { parse } from "yaml";
import { z } from "zod";

const hostName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
const serviceAccount = z
  .string()
  .regex(/^system:serviceaccount:[a-z0-9-]{1,63}:[a-z0-9.-]{1,253}$/);
const absolutePath = z.string().startsWith("/").max(1024);

const kubernetes = z.strictObject({
  /** Names this cluster in identities: the uid of namespace kube-system. */
  clusterUid: z.string().min(1).max(63).default("local"),
  /** `iss` of this cluster's ServiceAccount tokens; empty: that of the vault's own token. */
  tokenIssuers: z.array(z.string().min(1).max(1024)).max(8).default([]),
  /** The operator's ServiceAccount: may manage vaults, and nothing else. */
  operator: serviceAccount,
  /** The node plugin's ServiceAccount: may enrol and attest its node, and nothing else. */
  nodePlugin: serviceAccount,
  /** ServiceAccounts that may activate, recover and rotate the HSM's keys, and restore the whole store. */
  securityOfficers: z.array(serviceAccount).max(16).default([]),
  /** ServiceAccounts that may read the audit log of all vaults. */
  auditors: z.array(serviceAccount).max(16).default([]),
  /** ServiceAccounts that may make full backups. */
  backupOperators: z.array(serviceAccount).max(16).default([]),
  /** ConfigMaps that receive the certificates which components trust. */
  trustConfigMaps: z
    .array(z.strictObject({ namespace: z.string().max(63), name: z.string().max(253) }))
    .max(16)
    .default([]),
});

const oidcIssuerMembers = z.strictObject({
  issuer: z.url().max(1024),
  audience: z.string().min(1).max(1024),
  /** File with the issuer's JSON Web Key Set; without, it is found by discovery. */
  jwksFile: absolutePath.optional(),
  /** For discovery: PEM file of the CAs that the issuer's servers must have their certificates from. */
  caFile: absolutePath.optional(),
  algorithms: z
    .array(z.enum(["ES256", "ES384", "PS256", "RS256", "EdDSA"]))
    .min(1)
    .default(["ES256"]),
  /** Subjects that may manage vaults, as the operator does. */
  administrators: z.array(z.string().min(1).max(256)).max(16).default([]),
  /** Subjects that may activate, recover and rotate the HSM's keys, and restore the whole store. */
  securityOfficers: z.array(z.string().min(1).max(256)).max(16).default([]),
  /** Subjects that may read the audit log of all vaults. */
  auditors: z.array(z.string().min(1).max(256)).max(16).default([]),
  /** Subjects that may make full backups. */
  backupOperators: z.array(z.string().min(1).max(256)).max(16).default([]),
});

/** Where full backups may lie, and what is to be done about a store that must not be served. */
const backup = z.strictObject({
  /** Directory, which requests call `file:///backup`. */
  directory: absolutePath.optional(),
  /** Hosts of Azure Blob Storage, or of what speaks its protocol, each with the CAs of its certificate. */
  blobStorage: z
    .array(
      z.strictObject({
        host: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?$/),
        caFile: absolutePath,
      }),
    )
    .max(8)
    .default([]),
  /** `wait`: a vault whose store is older than the HSM remembers, or was changed, waits for a restore instead of ending. */
  onRefusedStore: z.enum(["stop", "wait"]).default("stop"),
});

/** Configuration of full backups. */
export type BackupConfig = z.infer<typeof backup>;

const oidcIssuer = oidcIssuerMembers.refine(
  ({ jwksFile, caFile }) => (jwksFile === undefined) !== (caFile === undefined),
  "exactly one of jwksFile and caFile must be set",
);

const schema = z.strictObject({
  /** `iss` of attestation tokens, the authority in policies, and the audience of ServiceAccount tokens. */
  issuer: z.url({ protocol: /^https$/ }).max(1024),
  /** Host names of the installation itself, as opposed to its vaults'. */
  installationHosts: z.array(hostName).min(1).max(16),
  /** Domain of cluster services: vaults are also reached under `.svc.<clusterDomain>`. */
  clusterDomain: hostName.default("cluster.local"),
  listen: z
    .strictObject({
      address: z.string().max(64).default("::"),
      port: z.int().min(0).max(65535).default(8443),
      /** `preserved` where connections come from the clients' own addresses: else no source range is ever met. */
      clientAddress: z.enum(["preserved", "unknown"]).default("unknown"),
      /** Lowest version of TLS; 1.2 for clients that have no newer one, with forward secrecy and AEAD only. */
      minTlsVersion: z.enum(["1.2", "1.3"]).default("1.3"),
      /** Host that is meant by clients that name none in TLS, as Java's where it has no dot; without, they are refused. */
      unnamedHost: hostName.optional(),
    })
    .prefault({}),
  /** Plain HTTP for probes and metrics; names no node, device, vault or object. */
  health: z
    .strictObject({
      address: z.string().max(64).default("::"),
      port: z.int().min(0).max(65535).default(8081),
    })
    .prefault({}),
  /** What one caller may ask for: requests in a second in the long run (0: no limit), and at once after a pause. */
  limits: z
    .strictObject({
      requestsPerSecond: z.int().min(0).max(1_000_000).default(1_000),
      burst: z.int().min(1).max(1_000_000).default(2_000),
    })
    .prefault({}),
  store: z.strictObject({ directory: absolutePath }),
  hsm: z.strictObject({ directory: absolutePath }),
  /** Folder that receives the certificates to trust, for whoever connects without a cluster. */
  trustDirectory: absolutePath.optional(),
  kubernetes: kubernetes.optional(),
  oidcIssuers: z.array(oidcIssuer).max(16).default([]),
  /** The attestation authority. Where it is stated here, no resource of a cluster changes it. */
  attestation: attestationAuthoritySpecSchema.optional(),
  backup: backup.prefault({}),
  logLevel: z.enum(["error", "warn", "info", "debug"]).default("info"),
});

/** The vault's configuration. */
export type VaultConfig = z.infer<typeof schema>;

/** Configuration for sign-in by Kubernetes ServiceAccount. */
export type KubernetesConfig = z.infer<typeof kubernetes>;

/** Configuration of one OIDC issuer. */
export type OidcIssuerConfig = z.infer<typeof oidcIssuer>;

/** Reads the file. @throws {StrongroomError} `BadParameter` naming each key that is wrong. */
export async function readConfig(path: string): Promise<VaultConfig> {
  const parsed = schema.safeParse(parse(await readFile(path, "utf8")));
  if (!parsed.success) {
    throw new StrongroomError("BadParameter", `configuration: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
