// SPDX-License-Identifier: Apache-2.0
/** What goes back for one object: a statement to be signed and, where it was granted, the value as JWE. */

import type { DeniedItem, GrantedItem, ReleaseItem } from "@strongroom/api";
import { sha256, toBase64url, utf8 } from "@strongroom/core";
import { CompactEncrypt, importJWK } from "jose";
import type { VerifiedTarget } from "../attestation/token.ts";
import type { MaterialOpener } from "../objects/material.ts";
import { openSecret } from "../secrets/read-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { ItemDecision } from "./decide-item.ts";

/** What an answer is for: the vault as it was addressed, the attested keys, and the proof's id. */
export interface AnswerContext {
  readonly vault: Vault;
  readonly origin: string;
  readonly target: VerifiedTarget;
  readonly jti: string;
}

/** One object as it was asked for and decided. */
export interface DecidedItem {
  readonly item: ReleaseItem;
  readonly decision: ItemDecision;
}

/** The part of the signed statement, and the JWE whose digest it holds. */
export interface Answer {
  readonly statement: GrantedItem | DeniedItem;
  readonly jwe?: string;
}

/** Answers for one object; its value is opened, encrypted and wiped here. */
export async function answerItem(
  opener: MaterialOpener,
  context: AnswerContext,
  { item, decision }: DecidedItem,
): Promise<Answer> {
  if (decision.kind === "denied") {
    return { statement: { ...item, result: "denied", class: decision.class } };
  }
  const { object, version } = decision.found;
  const id = `${context.origin}/secrets/${object.name}/${version.version}`;
  using value = await openSecret(opener, context.vault, decision.found);
  const jwe = await encrypt(value.reveal(), context, id, version.contentType);
  const digest = toBase64url(sha256(utf8(jwe)));
  const { kind, name } = item;
  const statement = {
    kind,
    name,
    version: version.version,
    id,
    result: "granted" as const,
    digest,
  };
  return { statement, jwe };
}

/** Encrypts to the attested key: ECDH-ES+A256KW, A256GCM. RFC 7516, RFC 7518 sections 4.6 and 5.3. */
async function encrypt(
  value: Uint8Array,
  { target, jti }: AnswerContext,
  id: string,
  contentType: string | undefined,
): Promise<string> {
  // Without `key_ops`: those say what the holder does with the private half.
  const { kid, key_ops: _private, ...publicKey } = target.deriveKey;
  return await new CompactEncrypt(value)
    .setProtectedHeader({
      alg: "ECDH-ES+A256KW",
      enc: "A256GCM",
      typ: "strongroom-secret+jwe",
      kid,
      ...(contentType === undefined ? {} : { cty: contentType }),
      "strongroom.id": id,
      "strongroom.jti": jti,
    })
    .encrypt(await importJWK(publicKey, "ECDH-ES+A256KW"));
}
