// SPDX-License-Identifier: Apache-2.0
/** This node's evidence, of whatever source its configuration names or it has. */

import { type Clock, type Log, StrongroomError } from "@strongroom/core";
import type { EndorsementLibrary } from "@strongroom/endorsements";
import { createAzureCollector, hasAzureReport } from "../azure/create-azure-collector.ts";
import type { Config } from "../config.ts";
import {
  createEventLogSource,
  type EventLogSource,
  noEventLog,
} from "../event-log/event-log-source.ts";
import type { LogFiles } from "../event-log/log-files.ts";
import { withTdLog } from "../event-log/with-td-log.ts";
import { createNitroTpmCollector } from "../nitro-tpm/create-nitro-tpm-collector.ts";
import { createProviderCollector } from "../provider/create-provider-collector.ts";
import type { TeeCollector } from "../tee/tee-evidence.ts";
import {
  createNitroCollector,
  createSevGuestCollector,
} from "../tee-device/create-device-collectors.ts";
import { connectTpm } from "../tpm/connect-tpm.ts";
import { createTpmCollector } from "../tpm/create-tpm-collector.ts";
import type { TpmTransport } from "../tpm/tpm-transport.ts";
import { createTsmCollector } from "../tsm/create-tsm-collector.ts";
import { hasTsmProvider } from "../tsm/has-tsm-provider.ts";
import type { TsmFiles } from "../tsm/tsm-files.ts";
import { chooseEvidence } from "./choose-evidence.ts";
import { createTeeEvidence } from "./create-tee-evidence.ts";
import { createTpmEvidence } from "./create-tpm-evidence.ts";
import { detectSource, type EvidenceSource, isThere } from "./evidence-source.ts";
import { findEndorsements } from "./find-endorsements.ts";
import type { InstallationPort } from "./installation-port.ts";
import type { NodeEvidence } from "./node-evidence.ts";

/** What it works with. */
export interface NodeEvidenceDeps {
  readonly config: Pick<Config, "eventLogs" | "evidence" | "pcrs" | "tpm">;
  readonly installation: InstallationPort;
  readonly library: EndorsementLibrary;
  readonly tsmFiles: TsmFiles;
  readonly logFiles: LogFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** Nothing is looked for or opened before the first attestation. */
export function createNodeEvidence(deps: NodeEvidenceDeps): NodeEvidence {
  const { config, tsmFiles, log } = deps;
  const { paths } = config.evidence;
  const hasTsm = () => hasTsmProvider({ files: tsmFiles, log, root: paths.tsm });
  const transport = config.tpm === undefined ? undefined : connectTpm(config.tpm);
  const tpm =
    transport === undefined
      ? ("absent" as const)
      : { isAzure: () => hasAzureReport({ transport, log }) };
  return chooseEvidence({
    wanted: config.evidence.source,
    detect: () => detectSource({ paths, isThere, hasTsm, tpm }),
    create: (source) => createEvidence(deps, source, transport),
    memory: config.evidence.memory,
    log,
  });
}

function createEvidence(
  deps: NodeEvidenceDeps,
  source: EvidenceSource,
  transport: TpmTransport | undefined,
): NodeEvidence {
  const { installation, library, log, config } = deps;
  if (source === "tpm") {
    const collector = createTpmCollector({ transport: requireTpm(transport), log });
    const eventLog = eventLogOf(deps, config.eventLogs.tpm);
    return createTpmEvidence({ installation, collector, pcrs: config.pcrs, eventLog });
  }
  return createTeeEvidence({
    ...{ installation, log },
    collector: createCollector(deps, source, transport),
    findEndorsements: (evidence, signal) => findEndorsements(library, evidence, signal),
  });
}

function createCollector(
  deps: NodeEvidenceDeps,
  source: Exclude<EvidenceSource, "tpm">,
  transport: TpmTransport | undefined,
): TeeCollector {
  const { config, tsmFiles, clock, log } = deps;
  const { paths, helper, privilegeLevel, metadataUrl } = config.evidence;
  switch (source) {
    case "provider":
      return withTdLog(
        createProviderCollector({ path: paths.providerSocket ?? "", clock }),
        eventLogOf(deps, config.eventLogs.td),
      );
    case "tsm":
      return withTdLog(
        createTsmCollector({
          ...{ files: tsmFiles, clock, log, root: paths.tsm },
          ...(privilegeLevel === undefined ? {} : { privilegeLevel }),
        }),
        eventLogOf(deps, config.eventLogs.td),
      );
    case "nitro":
      return createNitroCollector({ helper, device: paths.nsmDevice });
    case "nitro-tpm":
      return createNitroTpmCollector({ transport: requireTpm(transport), log });
    case "sev-guest":
      return createSevGuestCollector({ helper, device: paths.sevGuestDevice }, privilegeLevel);
    case "azure":
      return createAzureCollector({
        ...{ transport: requireTpm(transport), log, pcrs: config.pcrs, metadataUrl },
        eventLog: eventLogOf(deps, config.eventLogs.tpm),
      });
  }
}

function eventLogOf(
  { logFiles, clock, log }: NodeEvidenceDeps,
  path: string | undefined,
): EventLogSource {
  return path === undefined
    ? noEventLog
    : createEventLogSource({ files: logFiles, path, clock, log });
}

function requireTpm(transport: TpmTransport | undefined): TpmTransport {
  if (transport === undefined) {
    throw new StrongroomError("TpmUnavailable", "no TPM is configured");
  }
  return transport;
}
