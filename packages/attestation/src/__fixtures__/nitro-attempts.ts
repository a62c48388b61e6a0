// SPDX-License-Identifier: Apache-2.0
/** Documents of a test vendor, and verdicts about them and about what was changed of them. */

import { utf8 } from "@strongroom/core";
import { createNitroVendor, type NitroDocumentRequest } from "@strongroom/testing";
import { type NitroExpectation, verifyNitro } from "../nitro/verify-nitro.ts";

/** The vendor. */
export const vendor = createNitroVendor();
/** Trust in it. */
export const roots = [
  { name: "test", class: "software" as const, fingerprint: vendor.fingerprint },
];
/** What is expected. */
export const usual: NitroExpectation = {
  nonce: utf8("nonce"),
  userData: "unbound",
  publicKey: "unbound",
};
/** When documents are verified. */
export const during = new Date("2026-06-01T01:00:00Z");

/** What is other than usual. */
export interface Case {
  readonly request?: NitroDocumentRequest;
  readonly expected?: Partial<NitroExpectation>;
  readonly at?: Date;
  readonly change?: (document: Uint8Array) => Uint8Array;
}

/** The verdict about a document. */
export function attempt({ request, expected, at, change }: Case = {}) {
  const document = vendor.document(request);
  return verifyNitro(
    change?.(document) ?? document,
    roots,
    { ...usual, ...expected },
    at ?? during,
  );
}

/** What a document says that is verified. */
export function factsOf(request: NitroDocumentRequest = {}) {
  const verdict = attempt({ request });
  if (verdict.kind === "refused") {
    throw new Error(verdict.reason);
  }
  return verdict.claims;
}

/** A request for these registers. */
export const registers = (entries: readonly (readonly [number, Uint8Array])[]) => ({
  fields: { pcrs: { pairs: entries } },
});
/** Registers that all have a value. */
export const full = Array.from(
  { length: 5 },
  (_, index) => [index, new Uint8Array(48).fill(9)] as const,
);
/** A request for a document of a NitroTPM. */
export const tpm = {
  fields: { pcrs: undefined, nitrotpm_pcrs: { pairs: full }, module_id: "i-0a-tpm0b" },
};
