// SPDX-License-Identifier: Apache-2.0
/** From options to a library of endorsements: its folder, whom to trust, whom to ask. */

import { readAmdEndorsements } from "@strongroom/attestation";
import { halfJitter, silentLog, systemClock } from "@strongroom/core";
import {
  createEndorsementLibrary,
  createHostGate,
  type EndorsementLibrary,
  type EndorsementSources,
  openEndorsementCache,
} from "@strongroom/endorsements";
import type { CommandContext } from "../command-context.ts";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError, say } from "../terminal.ts";
import { readAmdRoots, readDcapRoots } from "./read-trust-roots.ts";

/** Where endorsements are kept, and whose are taken. */
export interface LibraryOptions {
  readonly cache: string;
  readonly trustRoot: readonly string[];
}

/** Who is asked. */
export interface SourceOptions {
  readonly amdUrl?: string;
  readonly intelUrl?: string;
  readonly intelRootCrlUrl?: string;
  readonly ca?: string;
}

/** Opens the folder. Why something was not fetched or not taken is said on standard error. */
export async function openLibrary(
  { cache, trustRoot }: LibraryOptions,
  sources: EndorsementSources,
  context: CommandContext,
): Promise<EndorsementLibrary> {
  const files = await Promise.all(trustRoot.map(readBoundedFile));
  const certificates = files.flatMap((file) => readAmdEndorsements(file).certificates);
  const clock = systemClock;
  return createEndorsementLibrary({
    cache: await openEndorsementCache(cache),
    sources,
    roots: { amd: readAmdRoots(files, certificates), intel: readDcapRoots(files) },
    clock,
    gate: createHostGate({ clock, jitter: halfJitter }),
    log: { ...silentLog, warn: (message, fields) => say(context, `${message}: ${fields?.reason}`) },
    stopping: new AbortController().signal,
  });
}

/** @throws {CommandError} `BadParameter` if a URL is none, or nobody says whose certificates its server may have. */
export async function readSources(options: SourceOptions): Promise<EndorsementSources> {
  const { amdUrl, intelUrl, intelRootCrlUrl } = options;
  const named = [amdUrl, intelUrl, intelRootCrlUrl].filter((url) => url !== undefined);
  if (named.length === 0) {
    return {};
  }
  if (options.ca === undefined) {
    throw new CommandError("BadParameter", "--ca names the certificates of the services' issuers");
  }
  named.forEach(assertHttps);
  const ca = Buffer.from(await readBoundedFile(options.ca)).toString("utf8");
  return {
    ...(amdUrl === undefined ? {} : { amd: { url: withoutSlash(amdUrl), ca } }),
    ...(intelUrl === undefined
      ? {}
      : {
          intel: {
            url: withoutSlash(intelUrl),
            ca,
            ...(intelRootCrlUrl === undefined ? {} : { rootCrlUrl: intelRootCrlUrl }),
          },
        }),
  };
}

function assertHttps(url: string): void {
  if (!URL.canParse(url) || new URL(url).protocol !== "https:") {
    throw new CommandError("BadParameter", `${url} is no https url`);
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
