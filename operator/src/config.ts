// SPDX-License-Identifier: Apache-2.0
/** Configuration of the operator: environment variables, parsed once. Others are ignored, as clusters add their own. */

import { StrongroomError } from "@strongroom/core";
import { z } from "zod";

const port = z.coerce.number().int().min(1).max(65_535);
const host = z.string().min(1).max(253);

const environmentSchema = z.object({
  STRONGROOM_NAMESPACE: z
    .string()
    .min(1)
    .max(63)
    .describe("namespace of the installation; the operator's Lease is there"),
  STRONGROOM_POD_NAME: z.string().min(1).max(253).describe("name of this pod"),
  STRONGROOM_VAULT_HOST: host
    .optional()
    .describe("address to dial; default strongroom.NAMESPACE.svc"),
  STRONGROOM_VAULT_PORT: port.default(443).describe("port to dial"),
  STRONGROOM_VAULT_SERVER_NAME: host
    .optional()
    .describe("name in the vault's certificate; default strongroom.NAMESPACE.svc"),
  STRONGROOM_CLUSTER_DOMAIN: host
    .default("cluster.local")
    .describe("domain of the cluster's DNS, for the vaults' Services"),
  STRONGROOM_CA_DIRECTORY: z
    .string()
    .min(1)
    .default("/etc/strongroom/ca")
    .describe("folder of infrastructure-ca.crt and release-root.crt, from ConfigMap strongroom-ca"),
  STRONGROOM_TOKEN_FILE: z
    .string()
    .min(1)
    .default("/var/run/secrets/strongroom.io/token")
    .describe("projected ServiceAccount token whose audience is the installation's issuer"),
  STRONGROOM_KUBECONFIG: z
    .string()
    .min(1)
    .optional()
    .describe("kubeconfig file; default the pod's own ServiceAccount"),
  STRONGROOM_HEALTH_PORT: port.default(8_081).describe("port of /healthz and /readyz"),
  STRONGROOM_LOG_LEVEL: z.enum(["error", "warn", "info", "debug"]).default("info"),
});

/** Configuration, complete. */
export interface OperatorConfig {
  readonly namespace: string;
  readonly podName: string;
  readonly dial: { readonly host: string; readonly port: number };
  readonly serverName: string;
  /** What the vaults' Services point to: a name that DNS resolves from anywhere in the cluster. */
  readonly installationHost: string;
  readonly caDirectory: string;
  readonly tokenFile: string;
  readonly kubeconfig: string | undefined;
  readonly healthPort: number;
  readonly logLevel: "error" | "warn" | "info" | "debug";
}

/** Parses the environment. @throws {StrongroomError} `BadParameter` with the names of what is wrong */
export function parseConfig(
  environment: Readonly<Record<string, string | undefined>>,
): OperatorConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new StrongroomError("BadParameter", `configuration: ${names.join("; ")}`);
  }
  const values = parsed.data;
  const installation = `strongroom.${values.STRONGROOM_NAMESPACE}.svc`;
  return {
    namespace: values.STRONGROOM_NAMESPACE,
    podName: values.STRONGROOM_POD_NAME,
    dial: {
      host: values.STRONGROOM_VAULT_HOST ?? installation,
      port: values.STRONGROOM_VAULT_PORT,
    },
    serverName: values.STRONGROOM_VAULT_SERVER_NAME ?? installation,
    installationHost: `${installation}.${values.STRONGROOM_CLUSTER_DOMAIN}`,
    caDirectory: values.STRONGROOM_CA_DIRECTORY,
    tokenFile: values.STRONGROOM_TOKEN_FILE,
    kubeconfig: values.STRONGROOM_KUBECONFIG,
    healthPort: values.STRONGROOM_HEALTH_PORT,
    logLevel: values.STRONGROOM_LOG_LEVEL,
  };
}
