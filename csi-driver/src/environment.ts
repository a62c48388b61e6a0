// SPDX-License-Identifier: Apache-2.0
/** The environment variables of the node plugin, each with its bounds. */

import { z } from "zod";
import { evidenceSources } from "./attestation/evidence-source.ts";
import { nodeBytes } from "./limits.ts";

const path = z.string().startsWith("/").max(255);

const baseUrl = z
  .url({ protocol: /^https$/ })
  .max(253)
  .transform((url) => url.replace(/\/+$/, ""));

/** The variables. Unknown ones are refused. */
export const environmentSchema = z.strictObject({
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
  STRONGROOM_EVIDENCE: z
    .enum(["auto", ...evidenceSources])
    .default("auto")
    .describe("what the node attests with; auto: the best that it has, and never less than before"),
  STRONGROOM_EVIDENCE_SOCKET: path.optional().describe("Unix socket of an evidence provider"),
  STRONGROOM_TSM_PATH: path
    .default("/sys/kernel/config/tsm/report")
    .describe("folder of configfs-tsm"),
  STRONGROOM_SEV_GUEST_DEVICE: path.default("/dev/sev-guest").describe("SEV-SNP guest device"),
  STRONGROOM_NSM_DEVICE: path.default("/dev/nsm").describe("Nitro security module"),
  STRONGROOM_TEE_HELPER: path
    .default("/app/tee-device")
    .describe("program that asks devices which answer to ioctl alone"),
  STRONGROOM_VMPL: z.coerce
    .number()
    .int()
    .min(0)
    .max(3)
    .optional()
    .describe("privilege level that SEV-SNP reports are asked for"),
  STRONGROOM_METADATA_URL: z
    .url({ protocol: /^http$/ })
    .max(253)
    .default("http://169.254.169.254")
    .describe("the cloud's metadata service, which quotes for Azure machines with TDX"),
  STRONGROOM_AMD_URL: baseUrl.optional().describe("AMD's Key Distribution Service"),
  STRONGROOM_INTEL_URL: baseUrl
    .optional()
    .describe("Intel's Provisioning Certification Service, or a cache of it"),
  STRONGROOM_INTEL_ROOT_CRL_URL: baseUrl
    .optional()
    .describe("where the revocation list of Intel's root is, if elsewhere"),
  STRONGROOM_INTEL_KEY_FILE: path.optional().describe("subscription key of Intel's service"),
  STRONGROOM_INTEL_UPDATE: z
    .enum(["early", "standard"])
    .optional()
    .describe("which of Intel's updates TCB info and identities are of"),
  STRONGROOM_AZURE_THIM: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true")
    .describe("ask Azure's metadata service for the chip's certificates"),
  STRONGROOM_ENDORSEMENTS_CA_FILE: path
    .optional()
    .describe("PEM certificates that AMD's and Intel's servers must be of"),
  STRONGROOM_PCRS: z
    .string()
    .regex(/^(\d|1\d|2[0-3])(,(\d|1\d|2[0-3]))*$/)
    .default("0,1,2,3,4,5,6,7")
    .transform((text) => text.split(",").map(Number))
    .describe("PCRs that are quoted, by number"),
  STRONGROOM_EVENT_LOG: path
    .optional()
    .describe("log of what was measured into the TPM; without: none is sent"),
  STRONGROOM_TD_EVENT_LOG: path
    .optional()
    .describe("log of what was measured into a trust domain's registers; without: none is sent"),
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
});
