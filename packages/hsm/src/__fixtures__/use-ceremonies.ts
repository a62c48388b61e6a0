// SPDX-License-Identifier: Apache-2.0
/** For a test file about ceremonies: tokens to try them on, custodians, and an HSM that waits for its domain. */

import { afterAll, beforeAll, expect } from "@jest/globals";
import { findKryoptic, mintCertificate } from "@strongroom/testing";
import { areUsable, type CeremonyHsm, startHsm, type TestKeys } from "./ceremonies.ts";
import { makeCustodians, type TestCustodian } from "./custodians.ts";

/** Tokens, with what finds their module; nothing for the usual one. */
export const tokens = [
  ["SoftHSM 2", () => undefined],
  ["Kryoptic", findKryoptic],
] as const;

/** Milliseconds for a test: a ceremony is a process of its own, which a busy machine starts in seconds. */
export const ceremonyMs = 120_000;

/** What there is while a test runs; tests put what they have made in `domain`, `keys` and `hsm`. */
export interface CeremonySurroundings {
  custodians: readonly TestCustodian[];
  hsm: CeremonyHsm;
  domain: Uint8Array;
  keys: TestKeys;
  /** Starts another HSM; it ends with the file. */
  start(domain: "custodians" | "none"): Promise<CeremonyHsm>;
  /** Fails unless the keys are usable in an HSM. */
  expectWorks(where: CeremonyHsm): Promise<void>;
}

/** Registers the hooks that make them; the members are there once they have run. */
export function useCeremonies(findModule: () => string | undefined): CeremonySurroundings {
  const stack = new AsyncDisposableStack();
  const now = {
    start: (domain) => startHsm(stack, findModule(), domain),
    expectWorks: async (where) => {
      expect(await areUsable(where, now.keys)).toBe(true);
    },
  } as CeremonySurroundings;
  beforeAll(async () => {
    now.custodians = await makeCustodians(mintCertificate, 4);
    now.hsm = await now.start("custodians");
  }, ceremonyMs);
  afterAll(() => stack.disposeAsync());
  return now;
}
