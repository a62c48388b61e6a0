// SPDX-License-Identifier: Apache-2.0
/** What goes back for one object: a statement to be signed and, where it was granted, the value as JWE. */

import type { DeniedItem, GrantedItem, ReleaseItem } from "@strongroom/api";
import { sha256, toBase64url, utf8 } from "@strongroom/core";
import type { MaterialOpener } from "../objects/material.ts";
import { openSecret } from "../secrets/read-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { contentKeyOf } from "./attestation-token/key-of-target.ts";
import type { VerifiedTarget } from "./attestation-token/verified-target.ts";
import type { ItemDecision } from "./decide-item.ts";
import { encryptContent } from "./encrypt-content.ts";
import type { FoundObject } from "./releasable.ts";

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
  const { found } = decision.object as Extract<FoundObject, { kind: "secrets" }>;
  const { object, version } = found;
  const id = `${context.origin}/secrets/${object.name}/${version.version}`;
  const { target, jti } = context;
  using value = await openSecret(opener, context.vault, found);
  const header = { id, jti, contentType: version.contentType };
  const jwe = await encryptContent(value.reveal(), contentKeyOf(target), header);
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
