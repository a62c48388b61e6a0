// SPDX-License-Identifier: Apache-2.0
/** A node that proves its boot by a TPM: enrolled once by its endorsement key, then quotes. */

import { pcrRegisters } from "@strongroom/attestation";
import { sha256 } from "@strongroom/core";
import type { EventLogSource } from "../event-log/event-log-source.ts";
import { joinPcrs } from "../tpm/join-pcrs.ts";
import type { EvidenceCollector } from "./evidence-collector.ts";
import type { InstallationPort } from "./installation-port.ts";
import type { NodeEvidence } from "./node-evidence.ts";
import { toEvidence } from "./to-evidence.ts";

/** What it works with. */
export interface TpmEvidenceDeps {
  readonly installation: InstallationPort;
  readonly collector: EvidenceCollector;
  /** PCRs that are quoted, by number. */
  readonly pcrs: readonly number[];
  readonly eventLog: EventLogSource;
}

/** Evidence of a TPM. */
export function createTpmEvidence({
  installation,
  collector,
  pcrs,
  eventLog,
}: TpmEvidenceDeps): NodeEvidence {
  return {
    present: async (runtimeData, signal) => {
      const binding = sha256(runtimeData);
      const quoted = await eventLog.quoteWith(
        {
          quote: (more) => collector.quote(binding, joinPcrs(pcrs, more)),
          registersOf: (one) => pcrRegisters({ sha256: one.pcrs }),
        },
        signal,
      );
      return await installation.attestTpm(toEvidence(quoted, runtimeData), signal);
    },
    enrol: async (signal) => {
      const { id, ...credential } = await installation.enrol(await collector.identity(), signal);
      await installation.activate({ id, secret: await collector.activate(credential) }, signal);
    },
  };
}
