// SPDX-License-Identifier: Apache-2.0
/** Endorsements in one file, to be carried to where no network is: JSON, each with its digest. */

import { equalBytes, fromHex, StrongroomError, toHex } from "@strongroom/core";
import { z } from "zod";
import type { Endorsement, EndorsementName } from "./endorsement.ts";
import type { EndorsementLibrary } from "./endorsement-library.ts";
import { digestOf, endorsementSchema, fromJson, toJson } from "./entry-format.ts";
import * as limits from "./limits.ts";

const format = "strongroom/endorsements/v1";

const bundleSchema = z.strictObject({
  format: z.literal(format),
  endorsements: z
    .array(
      z.strictObject({
        ...endorsementSchema.shape,
        files: endorsementSchema.shape.files.min(1),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(limits.entries),
});

/** A bundle of these, as text; the same endorsements make the same bytes. */
export function exportBundle(endorsements: readonly Endorsement[]): string {
  const sorted = [...endorsements].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = sorted.map(toJson).map((json) => ({ ...json, sha256: toHex(digestOf(json)) }));
  return `${JSON.stringify({ format, endorsements: entries }, undefined, 1)}\n`;
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

function parseBundle(bytes: Uint8Array): readonly Endorsement[] {
  if (bytes.length > limits.bundleBytes) {
    throw malformed("the bundle is too long");
  }
  const parsed = bundleSchema.safeParse(parseJson(bytes));
  if (!parsed.success) {
    throw malformed("not a bundle of endorsements", parsed.error);
  }
  return parsed.data.endorsements.map(({ sha256, ...json }) => {
    if (!equalBytes(digestOf(json), fromHex(sha256))) {
      throw malformed(`the bundle is damaged at ${json.name.slice(0, 64)}`);
    }
    return fromJson(json);
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  } catch (cause) {
    throw malformed("not a bundle of endorsements", cause);
  }
}

function malformed(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("EvidenceMalformed", message, { cause });
}
