// SPDX-License-Identifier: Apache-2.0
/** The node plugin's configuration: environment variables, parsed once, unknown ones refused. */

import { join } from "node:path";
import { csiDriverName } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { z } from "zod";
import { nodeBytes } from "./limits.ts";

const path = z.string().startsWith("/").max(255);

const Environment = z
  .strictObject({
    STRONGROOM_NODE_NAME: z.string().min(1).max(253).describe("this node's name in Kubernetes"),
    STRONGROOM_KUBELET_ROOT: path.default("/var/lib/kubelet").describe("kubelet's root directory"),
    STRONGROOM_ISSUER: z
      .url()
      .max(253)
      .describe("the installation's issuer: audience of ServiceAccount tokens"),
    STRONGROOM_VAULT_ADDRESS: z
      .string()
      .regex(/^[^\s/]+:\d{1,5}$/)
      .describe("host:port that is dialled for every vault"),
    STRONGROOM_VAULT_SERVER_NAME: z
      .string()
      .min(1)
      .max(253)
      .describe("the installation's host: TLS server name and Host header"),
    STRONGROOM_CA_FILE: path.describe("infrastructure CA certificates, PEM; may appear later"),
    STRONGROOM_RELEASE_ROOT_FILE: path.describe("release root certificates, PEM; may appear later"),
    STRONGROOM_TOKEN_FILE: path.describe("the plugin's own pod-bound token for the issuer"),
    STRONGROOM_TPM_DEVICE: path.optional().describe("TPM resource manager device"),
    STRONGROOM_TPM_SOCKET: path.optional().describe("Unix socket of a TPM"),
    STRONGROOM_PCRS: z
      .string()
      .regex(/^(\d|1\d|2[0-3])(,(\d|1\d|2[0-3]))*$/)
      .default("0,2,4,7")
      .transform((text) => text.split(",").map(Number))
      .describe("PCRs that are quoted, by number"),
    STRONGROOM_HEALTH_PORT: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(9808)
      .describe("TCP port of /healthz, /readyz and /metrics"),
    STRONGROOM_VOLUMES_BYTES: z.coerce
      .number()
      .int()
      .min(1024 * 1024)
      .default(nodeBytes)
      .describe("bytes that all volumes of the node may hold together"),
    STRONGROOM_LOG_LEVEL: z.enum(["error", "warn", "info", "debug"]).default("info"),
  })
  .refine(
    (env) =>
      (env.STRONGROOM_TPM_DEVICE === undefined) !== (env.STRONGROOM_TPM_SOCKET === undefined),
    {
      message: "exactly one of STRONGROOM_TPM_DEVICE and STRONGROOM_TPM_SOCKET must be set",
    },
  );

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
    healthPort: value.STRONGROOM_HEALTH_PORT,
    volumesBytes: value.STRONGROOM_VOLUMES_BYTES,
    logLevel: value.STRONGROOM_LOG_LEVEL,
  };
}

function tpmOf(device: string | undefined, socket: string | undefined) {
  return device === undefined
    ? ({ kind: "socket", path: socket ?? "" } as const)
    : ({ kind: "device", path: device } as const);
}
