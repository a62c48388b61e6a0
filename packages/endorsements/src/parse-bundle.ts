// SPDX-License-Identifier: Apache-2.0
/** The text of a bundle, checked for its form and for damage; nothing in it is believed yet. */

import { equalBytes, fromHex, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { Endorsement } from "./endorsement.ts";
import { digestOf, endorsementSchema, fromJson } from "./entry-format.ts";
import * as limits from "./limits.ts";
import { parseEntries } from "./parse-entries.ts";

/** What a bundle says that it is. */
export const bundleFormat = "strongroom/endorsements/v1";

const bundleSchema = z.strictObject({
  format: z.literal(bundleFormat),
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

/** What a bundle holds. @throws {StrongroomError} `EvidenceMalformed` if it is no bundle, damaged, or too long. */
export function parseBundle(bytes: Uint8Array): readonly Endorsement[] {
  if (bytes.length > limits.bundleBytes) {
    throw malformed("the bundle is too long");
  }
  const parsed = bundleSchema.safeParse(parseText(bytes));
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

function parseText(bytes: Uint8Array): unknown {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
    return parseEntries(text, text.split('"sha256"').length - 1);
  } catch (cause) {
    throw malformed("not a bundle of endorsements", cause);
  }
}

function malformed(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("EvidenceMalformed", message, { cause });
}
