// SPDX-License-Identifier: Apache-2.0
/** The node plugin's configuration: environment variables, parsed once, unknown ones refused. */

import { join } from "node:path";
import { csiDriverName } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import type { z } from "zod";
import { environmentSchema } from "./environment.ts";

const Environment = environmentSchema
  .refine((env) => countTpms(env) <= 1, {
    message: "only one of STRONGROOM_TPM_DEVICE and STRONGROOM_TPM_SOCKET may be set",
  })
  .refine(
    (env) =>
      countTpms(env) === 1 || !["tpm", "azure", "nitro-tpm"].includes(env.STRONGROOM_EVIDENCE),
    {
      message: "exactly one of STRONGROOM_TPM_DEVICE and STRONGROOM_TPM_SOCKET must be set",
    },
  )
  .refine(
    (env) => env.STRONGROOM_EVIDENCE !== "provider" || env.STRONGROOM_EVIDENCE_SOCKET !== undefined,
    { message: "STRONGROOM_EVIDENCE_SOCKET must be set for an evidence provider" },
  )
  .refine(
    (env) =>
      env.STRONGROOM_ENDORSEMENTS_CA_FILE !== undefined ||
      (env.STRONGROOM_AMD_URL ?? env.STRONGROOM_INTEL_URL) === undefined,
    { message: "STRONGROOM_ENDORSEMENTS_CA_FILE must be set where AMD or Intel is asked" },
  );

function countTpms(env: {
  readonly STRONGROOM_TPM_DEVICE?: string | undefined;
  readonly STRONGROOM_TPM_SOCKET?: string | undefined;
}): number {
  const named = [env.STRONGROOM_TPM_DEVICE, env.STRONGROOM_TPM_SOCKET];
  return named.filter((one) => one !== undefined).length;
}

/** What the node plugin needs to know. */
export type Config = ReturnType<typeof parseConfig>;

/** Parses the environment. @throws {StrongroomError} `BadParameter` naming each variable that is wrong. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>) {
  const ours = Object.entries(env).filter(([name]) => name.startsWith("STRONGROOM_"));
  const parsed = Environment.safeParse(Object.fromEntries(ours));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => [...issue.path, issue.message].join(" "));
    throw new StrongroomError("BadParameter", `configuration: ${wrong.join("; ")}`);
  }
  const value = parsed.data;
  const root = value.STRONGROOM_KUBELET_ROOT;
  return {
    nodeName: value.STRONGROOM_NODE_NAME,
    podsDirectory: join(root, "pods"),
    pluginSocket: join(root, "plugins", csiDriverName, "csi.sock"),
    registrationSocket: join(root, "plugins_registry", `${csiDriverName}-reg.sock`),
    issuer: value.STRONGROOM_ISSUER,
    vaultAddress: value.STRONGROOM_VAULT_ADDRESS,
    vaultServerName: value.STRONGROOM_VAULT_SERVER_NAME,
    caFile: value.STRONGROOM_CA_FILE,
    releaseRootFile: value.STRONGROOM_RELEASE_ROOT_FILE,
    tokenFile: value.STRONGROOM_TOKEN_FILE,
    tpm: tpmOf(value.STRONGROOM_TPM_DEVICE, value.STRONGROOM_TPM_SOCKET),
    pcrs: value.STRONGROOM_PCRS,
    eventLogs: { tpm: value.STRONGROOM_EVENT_LOG, td: value.STRONGROOM_TD_EVENT_LOG },
    evidence: evidenceOf(value, join(root, "plugins", csiDriverName)),
    endorsements: endorsementsOf(value, join(root, "plugins", csiDriverName)),
    healthPort: value.STRONGROOM_HEALTH_PORT,
    volumesBytes: value.STRONGROOM_VOLUMES_BYTES,
    logLevel: value.STRONGROOM_LOG_LEVEL,
  };
}

type Parsed = z.output<typeof Environment>;

function tpmOf(device: string | undefined, socket: string | undefined) {
  if (device !== undefined) {
    return { kind: "device", path: device } as const;
  }
  return socket === undefined ? undefined : ({ kind: "socket", path: socket } as const);
}

function evidenceOf(value: Parsed, folder: string) {
  return {
    source: value.STRONGROOM_EVIDENCE,
    paths: {
      providerSocket: value.STRONGROOM_EVIDENCE_SOCKET,
      tsm: value.STRONGROOM_TSM_PATH,
      nsmDevice: value.STRONGROOM_NSM_DEVICE,
      sevGuestDevice: value.STRONGROOM_SEV_GUEST_DEVICE,
    },
    helper: value.STRONGROOM_TEE_HELPER,
    privilegeLevel: value.STRONGROOM_VMPL,
    metadataUrl: value.STRONGROOM_METADATA_URL.replace(/\/+$/, ""),
    memory: join(folder, "evidence-source"),
  };
}

function endorsementsOf(value: Parsed, folder: string) {
  return {
    folder: join(folder, "endorsements"),
    amdUrl: value.STRONGROOM_AMD_URL,
    intelUrl: value.STRONGROOM_INTEL_URL,
    intelRootCrlUrl: value.STRONGROOM_INTEL_ROOT_CRL_URL,
    intelKeyFile: value.STRONGROOM_INTEL_KEY_FILE,
    intelUpdate: value.STRONGROOM_INTEL_UPDATE,
    caFile: value.STRONGROOM_ENDORSEMENTS_CA_FILE,
    thimUrl: value.STRONGROOM_AZURE_THIM
      ? value.STRONGROOM_METADATA_URL.replace(/\/+$/, "")
      : undefined,
  };
}
