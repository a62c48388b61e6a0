// SPDX-License-Identifier: Apache-2.0
/** This node's endorsements: its folder, and the hosts that its configuration names. */

import { readFile } from "node:fs/promises";
import { amdRoots, intelSgxRoots } from "@strongroom/attestation";
import { type Clock, halfJitter, type Log, StrongroomError } from "@strongroom/core";
import {
  createEndorsementLibrary,
  createHostGate,
  type EndorsementLibrary,
  type EndorsementSources,
  openEndorsementCache,
} from "@strongroom/endorsements";
import type { Config } from "../config.ts";

/** What a library takes of the plugin. */
export interface OpenEndorsementsDeps {
  readonly config: Config["endorsements"];
  readonly clock: Clock;
  readonly log: Log;
  /** Ends requests that are under way. */
  readonly stopping: AbortSignal;
}

/** Opens the folder. @throws {StrongroomError} `BadParameter` if a file that the configuration names cannot be read. */
export async function openEndorsements(deps: OpenEndorsementsDeps): Promise<EndorsementLibrary> {
  const { config, clock } = deps;
  return createEndorsementLibrary({
    ...deps,
    cache: await openEndorsementCache(config.folder),
    sources: await readSources(config),
    roots: { amd: amdRoots, intel: intelSgxRoots },
    gate: createHostGate({ clock, jitter: halfJitter }),
  });
}

async function readSources(config: Config["endorsements"]): Promise<EndorsementSources> {
  const { amdUrl, intelUrl, intelRootCrlUrl, intelUpdate, caFile, thimUrl } = config;
  const ca = caFile === undefined ? "" : await readText(caFile);
  const { intelKeyFile } = config;
  const key = intelKeyFile === undefined ? undefined : (await readText(intelKeyFile)).trim();
  return {
    ...(thimUrl === undefined ? {} : { azureThim: { url: thimUrl } }),
    ...(amdUrl === undefined ? {} : { amd: { url: amdUrl, ca } }),
    ...(intelUrl === undefined
      ? {}
      : {
          intel: {
            ...{ url: intelUrl, ca },
            ...(intelRootCrlUrl === undefined ? {} : { rootCrlUrl: intelRootCrlUrl }),
            ...(key === undefined ? {} : { subscriptionKey: key }),
            ...(intelUpdate === undefined ? {} : { update: intelUpdate }),
          },
        }),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new StrongroomError("BadParameter", "a file about endorsements cannot be read", {
      cause,
    });
  }
}
