// SPDX-License-Identifier: Apache-2.0
/** A signed statement of a vault's signers as it travels: JWS in the general JSON serialization, RFC 7515 section 7.2.1. */

import {
  canonicalText,
  fromBase64url,
  fromUtf8,
  type JsonValue,
  parseJson,
  StrongroomError,
} from "@strongroom/core";
import { z } from "zod";
import { base64url } from "../http/wire.ts";
import { maxCharterBytes, maxCharterSigners } from "../limits.ts";

/** Signatures of one statement: those of old and of new signers. */
const maxSignatures = 2 * maxCharterSigners;

/** A statement with its signatures. */
export const statementSchema = z.strictObject({
  payload: base64url(maxCharterBytes).min(1).describe("what is signed: canonical JSON"),
  signatures: z
    .array(
      z.strictObject({
        protected: base64url(384).min(1).describe("header: alg, kid and typ"),
        signature: base64url(132).min(1),
      }),
    )
    .max(maxSignatures)
    .describe("one for each signer"),
});

/** A statement. */
export type Statement = z.output<typeof statementSchema>;

/**
 * What a statement says. Nothing is said about who signed it.
 *
 * @throws {StrongroomError} `BadParameter` unless it is what `schema` has, in canonical JSON: one content has one digest.
 */
export function readStatement<T>(statement: Statement, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(contentOf(statement));
  if (!parsed.success) {
    throw new StrongroomError("BadParameter", `statement: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** The content as JSON. @throws {StrongroomError} `BadParameter` unless it is canonical. */
export function contentOf({ payload }: Statement): JsonValue {
  try {
    const text = fromUtf8(fromBase64url(payload));
    const content = parseJson(text) as JsonValue;
    if (canonicalText(content) === text) {
      return content;
    }
  } catch {
    // Told below.
  }
  throw new StrongroomError("BadParameter", "the statement's payload is no canonical JSON");
}
