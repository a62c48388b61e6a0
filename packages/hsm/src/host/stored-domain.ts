// SPDX-License-Identifier: Apache-2.0
/** The security domain on the token's volume, with a tag under the newest KEK-A: whose custodians these are is the token's word. */

import { existsSync, readFileSync } from "node:fs";
import {
  concatBytes,
  equalBytes,
  fromBase64url,
  parseJson,
  StrongroomError,
  toBase64url,
  utf8,
  writeDurably,
} from "@strongroom/core";
import { z } from "zod";
import { type Domain, decodeDomain, encodeDomain } from "../domain/domain-file.ts";
import { hmacSha256 } from "../token/primitives.ts";
import type { OpenToken } from "../token/token.ts";

const schema = z.strictObject({ domain: z.string(), tag: z.string() });
const prefix = utf8("strongroom/domain-file/v1\0");

/** Writes the domain of a token's keys. */
export async function storeDomain(path: string, token: OpenToken, domain: Domain): Promise<void> {
  const encoded = encodeDomain(domain);
  const stored = { domain: toBase64url(encoded), tag: toBase64url(tagOf(token, encoded)) };
  await writeDurably(path, `${JSON.stringify(stored)}\n`, 0o400);
}

/** The domain of a token's keys, or `undefined` if it has none. @throws {StrongroomError} `HsmRefused` if it is another's. */
export function readDomain(path: string, token: OpenToken): Domain | undefined {
  if (!existsSync(path)) {
    return undefined;
  }
  try {
    const { domain, tag } = schema.parse(parseJson(readFileSync(path, "utf8")));
    const encoded = fromBase64url(domain);
    if (equalBytes(tagOf(token, encoded), fromBase64url(tag))) {
      return decodeDomain(encoded);
    }
  } catch (cause) {
    throw new StrongroomError("HsmRefused", "the security domain's file cannot be read", { cause });
  }
  throw new StrongroomError("HsmRefused", "the security domain on the volume is another token's");
}

function tagOf(token: OpenToken, encoded: Uint8Array): Uint8Array {
  return hmacSha256(token, token.keks.a, concatBytes(prefix, encoded));
}
