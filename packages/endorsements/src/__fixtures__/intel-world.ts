// SPDX-License-Identifier: Apache-2.0
/** A library that asks a service of Intel's, whose answers tests change. */

import {
  type IntelEndorsementChanges,
  intelContent,
  intelFingerprint,
  mintIntelPki,
  startVendorServices,
} from "@strongroom/testing";
import { makeTestLibrary } from "./test-library.ts";
import { intelRootOf } from "./test-vendors.ts";

/** Never aborts. */
export const { signal } = new AbortController();
/** What is asked for. */
export const names = ["intel/identity/TD_QE", "intel/crl/platform", "intel/crl/root"] as const;

/** Starts both. */
export async function setUp() {
  const pki = mintIntelPki();
  const state: { changes: IntelEndorsementChanges } = { changes: {} };
  const services = await startVendorServices({ intel: intelContent(pki, () => state.changes) });
  const intel = { url: services.url, ca: services.ca };
  const kept = await makeTestLibrary({
    sources: { intel },
    roots: { intel: [intelRootOf(intelFingerprint(pki.root))] },
  });
  const identity = async (library = kept.library) => {
    const found = await library.find({ names }, signal);
    return found.find(({ name }) => name === names[0])?.age.number;
  };
  return {
    ...{ pki, state, services, kept, identity, intel },
    [Symbol.asyncDispose]: async () => {
      await services[Symbol.asyncDispose]();
      await kept[Symbol.asyncDispose]();
    },
  };
}

/** Identities with this evaluation data number. */
export function numbered(number: number): IntelEndorsementChanges {
  return {
    identity: (identity) => {
      identity.tcbEvaluationDataNumber = number;
    },
  };
}
