// SPDX-License-Identifier: Apache-2.0
/** Endorsements in one file, to be carried to where no network is: JSON, each with its digest. */

import { toHex } from "@strongroom/core";
import type { Endorsement, EndorsementName } from "./endorsement.ts";
import type { EndorsementLibrary } from "./endorsement-library.ts";
import { digestOf, toJson } from "./entry-format.ts";
import { bundleFormat, parseBundle } from "./parse-bundle.ts";

/** A bundle of these, as text; the same endorsements make the same bytes. */
export function exportBundle(endorsements: readonly Endorsement[]): string {
  const sorted = [...endorsements].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = sorted.map(toJson).map((json) => ({ ...json, sha256: toHex(digestOf(json)) }));
  return `${JSON.stringify({ format: bundleFormat, endorsements: entries }, undefined, 1)}\n`;
}

/** What became of a bundle. */
export interface ImportedBundle {
  readonly taken: readonly EndorsementName[];
  /** Of these a newer one was there already. */
  readonly older: readonly EndorsementName[];
}

/**
 * Takes a bundle into a library, all of it or nothing. Digests find damage; signatures decide what is believed, and how
 * new each is comes from what was signed.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is no bundle or damaged; `EvidenceRefused` if one is not the vendor's.
 */
export async function importBundle(
  library: EndorsementLibrary,
  bytes: Uint8Array,
): Promise<ImportedBundle> {
  const entries = parseBundle(bytes);
  const taken = await library.take(entries);
  const older = entries.map(({ name }) => name).filter((name) => !taken.includes(name));
  return { taken, older };
}
