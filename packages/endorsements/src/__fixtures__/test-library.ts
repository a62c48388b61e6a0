// SPDX-License-Identifier: Apache-2.0
/** A library over a folder of its own, with a clock that a test moves; waits pass at once and move it. */

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, silentLog } from "@strongroom/core";
import { startVendorServices, type VendorServices } from "@strongroom/testing";
import { openEndorsementCache } from "../endorsement-cache.ts";
import { createEndorsementLibrary, type EndorsementLibrary } from "../endorsement-library.ts";
import type { EndorsementSources } from "../endorsement-sources.ts";
import { createHostGate } from "../host-gate.ts";
import type { VendorRoots } from "../verify-endorsement.ts";

/** Instant at which everything that the test vendors mint is valid. */
export const start = new Date("2026-06-01T00:00:00Z");

/** A day in milliseconds. */
export const day = 86_400_000;

/** A clock that stands still but for waits. */
export function createTestClock() {
  let now = start.getTime();
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    sleep: async (ms) => {
      sleeps.push(ms);
      now += ms;
    },
  };
  return {
    clock,
    sleeps,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

/** What a test's library stands on. */
export interface TestLibraryOptions {
  readonly sources: EndorsementSources;
  readonly roots: Partial<VendorRoots>;
}

/** Makes a folder; `open` starts a library over it, as a process that starts does. */
export async function makeTestLibrary({ sources, roots }: TestLibraryOptions) {
  const folder = await mkdtemp(join(tmpdir(), "endorsements-"));
  const time = createTestClock();
  const { clock } = time;
  const open = async (other: EndorsementSources = sources): Promise<EndorsementLibrary> =>
    createEndorsementLibrary({
      cache: await openEndorsementCache(folder),
      sources: other,
      roots: { amd: [], intel: [], ...roots },
      clock,
      gate: createHostGate({ clock, jitter: (ms) => ms }),
      log: silentLog,
      stopping: new AbortController().signal,
    });
  return {
    ...time,
    folder,
    open,
    library: await open(),
    files: async () => (await readdir(folder)).map((name) => join(folder, name)),
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  };
}

/** Starts vendors' services with this content, and makes a library that asks them. */
export async function startWorld(
  content: Parameters<typeof startVendorServices>[0],
  optionsOf: (services: VendorServices) => TestLibraryOptions,
) {
  const services = await startVendorServices(content);
  const kept = await makeTestLibrary(optionsOf(services));
  return {
    ...{ services, kept },
    [Symbol.asyncDispose]: async () => {
      await services[Symbol.asyncDispose]();
      await kept[Symbol.asyncDispose]();
    },
  };
}
