// SPDX-License-Identifier: Apache-2.0
/**
 * Collects evidence of an Azure confidential machine: the paravisor's report from the virtual TPM's memory, and a quote by
 * the key that it vouches for. Azure, "Virtual TPMs in Azure confidential VMs".
 */

import { type HclReport, parseHclReport, pcrRegisters } from "@strongroom/attestation";
import type { Log } from "@strongroom/core";
import type { EventLogSource } from "../event-log/event-log-source.ts";
import { reportDataOf, type TeeCollector } from "../tee/tee-evidence.ts";
import { joinPcrs } from "../tpm/join-pcrs.ts";
import { readNvIndex, writeNvIndex } from "../tpm/nv-memory.ts";
import { quotePcrs } from "../tpm/quote-pcrs.ts";
import { hasHandle } from "../tpm/tpm-handles.ts";
import { readPublic } from "../tpm/tpm-keys.ts";
import type { TpmTransport } from "../tpm/tpm-transport.ts";
import { useCleanTpm } from "../tpm/use-clean-tpm.ts";
import { requestTdQuote } from "./request-td-quote.ts";

/** Where a guest's data for the report goes, where the report is, and the key that it vouches for. */
export const azureHandle = {
  report: 0x01400001,
  userData: 0x01400002,
  attestationKey: 0x81000003,
} as const;

/** What a collector works with. */
export interface AzureDeps {
  readonly transport: TpmTransport;
  readonly log: Log;
  /** PCRs that are quoted, by number. */
  readonly pcrs: readonly number[];
  /** Base URL of the metadata service, which quotes reports of TDX. */
  readonly metadataUrl: string;
  readonly eventLog: EventLogSource;
}

/** Whether a TPM holds a paravisor's report: any other TPM has nothing there. */
export async function hasAzureReport(deps: Pick<AzureDeps, "transport" | "log">): Promise<boolean> {
  return await useCleanTpm(deps, (channel) => hasHandle(channel, azureHandle.report));
}

/** A collector; nothing is asked before the first use. */
export function createAzureCollector(deps: AzureDeps): TeeCollector {
  return {
    collect: async (binding, signal) => {
      const collected = await deps.eventLog.quoteWith(
        {
          quote: (more) => collectOnce(deps, binding, joinPcrs(deps.pcrs, more)),
          registersOf: ({ pcrs }) => pcrRegisters({ sha256: pcrs }),
        },
        signal,
      );
      const { hardware, ...evidence } = collected;
      const tdQuote = await quoteOf(hardware, deps.metadataUrl, signal);
      return {
        evidence: {
          kind: "AzureGuest",
          ...evidence,
          ...(tdQuote === undefined ? {} : { tdQuote }),
        },
        endorsements: [],
      };
    },
  };
}

async function collectOnce(deps: AzureDeps, binding: Uint8Array, pcrs: readonly number[]) {
  return await useCleanTpm(deps, async (channel) => {
    // Writing has the paravisor make a report anew, of what the machine is now; the quote is what is bound to `binding`.
    await writeNvIndex(channel, azureHandle.userData, reportDataOf(binding));
    const hclReport = await readNvIndex(channel, azureHandle.report);
    const { hardware } = parseHclReport(hclReport);
    const key = await readPublic(channel, azureHandle.attestationKey);
    const quoted = await quotePcrs(channel, key, { extraData: binding, pcrs });
    return { hardware, hclReport, ...quoted };
  });
}

async function quoteOf(
  { kind, report }: HclReport["hardware"],
  metadataUrl: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  return kind === "tdx" ? await requestTdQuote(metadataUrl, report, signal) : undefined;
}
