// SPDX-License-Identifier: Apache-2.0
/**
 * Chooses what a node attests with: what is configured, else the best that it has. A node that once had a TEE never goes
 * on with its TPM alone, after a restart neither: what it proves would be less, and nobody would have said so.
 */

import { readFile } from "node:fs/promises";
import { errnoOf, type Log, StrongroomError, writeDurably } from "@strongroom/core";
import { type EvidenceSource, evidenceSources, isTee } from "./evidence-source.ts";
import type { NodeEvidence } from "./node-evidence.ts";

/** What choosing takes. */
export interface ChooseDeps {
  /** `auto`, or what a person decided. */
  readonly wanted: EvidenceSource | "auto";
  readonly detect: () => Promise<EvidenceSource | undefined>;
  readonly create: (source: EvidenceSource) => NodeEvidence;
  /** File in which the choice is remembered. */
  readonly memory: string;
  readonly log: Log;
}

/** Evidence of whatever source is chosen when it is asked for first; a TPM is given up for a TEE that appears later. */
export function chooseEvidence(deps: ChooseDeps): NodeEvidence {
  let chosen: { readonly source: EvidenceSource; readonly evidence: NodeEvidence } | undefined;
  const current = async (): Promise<NodeEvidence> => {
    if (chosen !== undefined && (deps.wanted !== "auto" || isTee(chosen.source))) {
      return chosen.evidence;
    }
    const source = deps.wanted === "auto" ? await detectOrRefuse(deps) : deps.wanted;
    if (chosen?.source !== source) {
      deps.log.info("evidence chosen", { kind: source });
      await remember(deps.memory, source);
      chosen = { source, evidence: deps.create(source) };
    }
    return chosen.evidence;
  };
  return {
    present: async (runtimeData, signal) => await (await current()).present(runtimeData, signal),
    enrol: async (signal) => await (await current()).enrol(signal),
  };
}

async function detectOrRefuse({ detect, memory }: ChooseDeps): Promise<EvidenceSource> {
  const [found, before] = [await detect(), await recall(memory)];
  if (before !== undefined && isTee(before) && (found === undefined || !isTee(found))) {
    throw new StrongroomError(
      "TeeUnavailable",
      `this node attested by ${before} and has it no more; name another source to go on`,
    );
  }
  if (found === undefined) {
    throw new StrongroomError("TeeUnavailable", "this node has nothing to attest with");
  }
  return found;
}

async function remember(memory: string, source: EvidenceSource): Promise<void> {
  await writeDurably(memory, `${source}\n`, 0o600);
}

async function recall(memory: string): Promise<EvidenceSource | undefined> {
  try {
    const text = (await readFile(memory, "utf8")).trim();
    return evidenceSources.find((source) => source === text);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") {
      return undefined;
    }
    throw new StrongroomError("StoreUnavailable", "what this node attested by cannot be read", {
      cause,
    });
  }
}
