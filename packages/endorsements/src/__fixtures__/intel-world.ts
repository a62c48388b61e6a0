// SPDX-License-Identifier: Apache-2.0
/** A library that asks a service of Intel's, whose answers tests change. */

import {
  type IntelEndorsementChanges,
  type IntelPki,
  intelContent,
  intelFingerprint,
  mintIntelPki,
} from "@strongroom/testing";
import { startWorld } from "./test-library.ts";
import { intelRootOf } from "./test-vendors.ts";

/** Never aborts. */
export const { signal } = new AbortController();
/** What is asked for. */
export const names = ["intel/identity/TD_QE", "intel/crl/platform", "intel/crl/root"] as const;

/** Starts both. */
export async function setUp() {
  const pki = mintIntelPki();
  const state: { changes: IntelEndorsementChanges } = { changes: {} };
  const world = await startIntel(pki, { intel: intelContent(pki, () => state.changes) });
  const { kept } = world;
  const identity = async (library = kept.library) => {
    const found = await library.find({ names }, signal);
    return found.find(({ name }) => name === names[0])?.age.number;
  };
  return { ...world, pki, state, identity };
}

/** Starts a service of Intel's with this content, and a library that asks it. */
export async function startIntel(pki: IntelPki, content: Parameters<typeof startWorld>[0]) {
  const world = await startWorld(content, ({ url, ca }) => ({
    sources: { intel: { url, ca } },
    roots: { intel: [intelRootOf(intelFingerprint(pki.root))] },
  }));
  const { url, ca } = world.services;
  return { ...world, intel: { url, ca } };
}

/** Identities with this evaluation data number. */
export function numbered(number: number): IntelEndorsementChanges {
  return {
    identity: (identity) => {
      identity.tcbEvaluationDataNumber = number;
    },
  };
}
