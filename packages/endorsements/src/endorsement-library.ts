// SPDX-License-Identifier: Apache-2.0
/** Endorsements by name: kept ones while they count, else fetched, verified and kept. */

import { type Clock, isStrongroomError, silentLog } from "@strongroom/core";
import { type Endorsement, type EndorsementName, isCurrent, isOlder } from "./endorsement.ts";
import type { EndorsementCache } from "./endorsement-cache.ts";
import { type CandidateDeps, createSharedFetch } from "./fetch-candidates.ts";
import {
  type NamedFiles,
  type VendorRoots,
  verifyEndorsement,
  vouchesForOthers,
} from "./verify-endorsement.ts";

/** What a library is made of. */
export interface LibraryDeps extends CandidateDeps {
  readonly cache: EndorsementCache;
  readonly roots: VendorRoots;
}

/** What is asked for. */
export interface EndorsementQuery {
  /** Endorsements of one piece of evidence, which vouch for each other. */
  readonly names: readonly EndorsementName[];
  /** What came with the evidence under these names: taken where it holds, before anybody is asked. */
  readonly hints?: readonly NamedFiles[];
}

/** Endorsements by name. */
export interface EndorsementLibrary {
  /**
   * What can be had until `signal` aborts, in no order. Each was verified when it was taken; who uses it verifies it
   * again.
   */
  find(query: EndorsementQuery, signal: AbortSignal): Promise<readonly Endorsement[]>;
  /** Asks anew for all that is kept and has reached `age` in milliseconds, and keeps what is newer. */
  renew(age: number): Promise<void>;
  /**
   * Keeps files that came otherwise, all or none, and resolves with the names of those that are not older than what
   * is kept.
   *
   * @throws {StrongroomError} `EvidenceRefused` if one is not what its name says.
   */
  take(given: readonly NamedFiles[]): Promise<readonly EndorsementName[]>;
}

/** A library over a cache; asks nobody before it is asked. */
export function createEndorsementLibrary(deps: LibraryDeps): EndorsementLibrary {
  const { cache, clock } = deps;
  const fetchOnce = createSharedFetch(deps);
  const kept = async (names: readonly EndorsementName[]) => {
    const found = await Promise.all(names.map((name) => cache.read(name)));
    return found.filter((one) => one !== undefined).filter((one) => isCurrent(one, clock.now()));
  };
  const missingOf = async (names: readonly EndorsementName[]) => {
    const found = await kept(names);
    return names.filter((name) => !found.some((one) => one.name === name));
  };
  const fetchAll = async (names: readonly EndorsementName[], known: readonly NamedFiles[]) => {
    const fetched = await Promise.all(names.map(fetchOnce));
    for (const candidates of inOrder(fetched.flat())) {
      await keepFirst(deps, candidates, [...fetched.flat(), ...known]);
    }
  };
  return {
    find: async ({ names, hints = [] }, signal) => {
      const absent = await missingOf(names);
      const quiet = { ...deps, log: silentLog };
      for (const hint of hints.filter(({ name }) => absent.includes(name))) {
        await keepFirst(quiet, [hint], [...hints, ...(await kept(names))]);
      }
      const missing = await missingOf(names);
      if (missing.length > 0) {
        await untilAborted(fetchAll(missing, await kept(names)), signal);
      }
      return await kept(names);
    },
    renew: async (age) => {
      const all = await cache.list();
      const before = clock.now().getTime() - age;
      const due = all.filter((one) => isReissued(one) && one.fetchedAt.getTime() <= before);
      await fetchAll(
        due.map(({ name }) => name),
        all.filter((one) => isCurrent(one, clock.now())),
      );
    },
    take: async (given) => await takeAll(deps, given),
  };
}

function isReissued({ age }: Endorsement): boolean {
  return age.issuedAt !== undefined;
}

// Those of one name together, as their sources were asked.
function inOrder(all: readonly NamedFiles[]): Iterable<readonly NamedFiles[]> {
  return Map.groupBy(all, ({ name }) => name).values();
}

/** Keeps the first candidate that is what its name says, and no older than what was seen. */
async function keepFirst(
  deps: LibraryDeps,
  candidates: readonly NamedFiles[],
  known: readonly NamedFiles[],
): Promise<void> {
  for (const candidate of candidates) {
    const refused = await keepOrRefuse(deps, candidate, known);
    if (refused === undefined) {
      return;
    }
    deps.log.warn("endorsement refused", { name: candidate.name.slice(0, 64), reason: refused });
  }
}

async function keepOrRefuse(
  deps: LibraryDeps,
  candidate: NamedFiles,
  known: readonly NamedFiles[],
): Promise<string | undefined> {
  try {
    return (await keep(deps.cache, verifyNow(deps, candidate, known))) ? undefined : "older";
  } catch (error) {
    if (
      isStrongroomError(error, "EvidenceRefused") ||
      isStrongroomError(error, "EvidenceMalformed")
    ) {
      return error.message;
    }
    throw error;
  }
}

async function takeAll(
  deps: LibraryDeps,
  given: readonly NamedFiles[],
): Promise<readonly EndorsementName[]> {
  const known = [...given, ...(await deps.cache.list())];
  const verified = given.map((one) => verifyNow(deps, one, known));
  const taken: EndorsementName[] = [];
  for (const endorsement of verified) {
    if (await keep(deps.cache, endorsement)) {
      taken.push(endorsement.name);
    }
  }
  return taken;
}

function verifyNow(
  { roots, clock }: { readonly roots: VendorRoots; readonly clock: Clock },
  candidate: NamedFiles,
  known: readonly NamedFiles[],
): Endorsement {
  const at = clock.now();
  const vouching = known.filter((one) => vouchesForOthers(one.name, candidate.name));
  return { ...candidate, fetchedAt: at, age: verifyEndorsement(candidate, vouching, roots, at) };
}

/** Writes an endorsement unless a newer one of its name was seen; whether it did. */
async function keep(cache: EndorsementCache, endorsement: Endorsement): Promise<boolean> {
  const newest = await cache.newest(endorsement.name);
  if (newest !== undefined && isOlder(endorsement.age, newest)) {
    return false;
  }
  await cache.write(endorsement);
  return true;
}

/** Waits no longer than the signal lets it; what is under way goes on for whoever asks next. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) {
    stop();
  }
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => undefined);
  }
}
