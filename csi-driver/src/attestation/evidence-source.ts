// SPDX-License-Identifier: Apache-2.0
/** Where evidence can come from, and which of it a node has. */

import { access } from "node:fs/promises";

/** A source of evidence: a kernel interface, a device, or a program of the node. */
export const evidenceSources = [
  "provider",
  "tsm",
  "nitro",
  "sev-guest",
  "azure",
  // Not found by looking: a person has to know that the TPM is AWS's.
  "nitro-tpm",
  "tpm",
] as const;

/** A source of evidence. */
export type EvidenceSource = (typeof evidenceSources)[number];

/** Whether a source proves more than a TPM does: what runs, and not only how it was started. */
export function isTee(source: EvidenceSource): boolean {
  return source !== "tpm" && source !== "nitro-tpm";
}

/** What is looked for. */
export interface SourcePaths {
  /** Socket of an evidence provider, where one is configured. */
  readonly providerSocket?: string | undefined;
  readonly nsmDevice: string;
  readonly sevGuestDevice: string;
}

/** What looking takes. */
export interface DetectionDeps {
  readonly paths: SourcePaths;
  readonly isThere: (path: string) => Promise<boolean>;
  /** Whether a TEE answers behind configfs-tsm. */
  readonly hasTsm: () => Promise<boolean>;
  /** Whether a TPM is configured, and whether it holds the report of an Azure paravisor. */
  readonly tpm: "absent" | { readonly isAzure: () => Promise<boolean> };
}

/** The best source that the node has, or undefined; a TPM alone is last. */
export async function detectSource(deps: DetectionDeps): Promise<EvidenceSource | undefined> {
  const { paths, isThere, hasTsm, tpm } = deps;
  if (paths.providerSocket !== undefined) {
    return "provider";
  }
  if (await hasTsm()) {
    return "tsm";
  }
  const devices = [
    ["nitro", paths.nsmDevice],
    ["sev-guest", paths.sevGuestDevice],
  ] as const;
  for (const [source, path] of devices) {
    if (await isThere(path)) {
      return source;
    }
  }
  if (tpm === "absent") {
    return undefined;
  }
  return (await tpm.isAzure()) ? "azure" : "tpm";
}

/** Whether a path exists. */
export async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
