// SPDX-License-Identifier: Apache-2.0
/** What goes back for one object: a statement to be signed and, where it was granted, a JWE, or a key that is wrapped. */

import type { DenialClass, DeniedItem, GrantedItem, ReleaseItem } from "@strongroom/api";
import {
  isStrongroomError,
  type StrongroomError,
  sha256,
  toBase64url,
  utf8,
} from "@strongroom/core";
import type { Vault } from "../vaults/vault-record.ts";
import { contentKeyOf, wrappingKeyOf } from "./attestation-token/key-of-target.ts";
import type { VerifiedTarget } from "./attestation-token/verified-target.ts";
import type { ItemDecision } from "./decide-item.ts";
import { encryptSecret, secretOf } from "./encrypt-secret.ts";
import { transferBlob } from "./key/released-key.ts";
import { unwrapDataKey } from "./key/unwrap-data-key.ts";
import { type WrapDeps, wrapKey } from "./key/wrap-key.ts";
import { type FoundObject, unwrappedOf } from "./releasable.ts";

/** What opens and wraps. */
export type AnswerDeps = WrapDeps;

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

/** The part of the signed statement, and what its digest is of. */
export interface Answer {
  readonly statement: GrantedItem | DeniedItem;
  readonly content: { readonly jwe?: string; readonly keyHsm?: string };
  /** Why a data key that was granted is denied after all: the key did not wrap it. */
  readonly undone?: StrongroomError;
}

/** How keys are wrapped in our own answers: no request chooses it. */
const ownWrapping = "RSA_AES_KEY_WRAP_256";

/** Answers for one object; its value is opened, encrypted and wiped here. */
export async function answerItem(
  deps: AnswerDeps,
  context: AnswerContext,
  { item, decision }: DecidedItem,
): Promise<Answer> {
  if (decision.kind === "denied") {
    return { statement: denial(item, decision.class), content: {} };
  }
  const { kind, name } = item;
  const { object, version } = decision.object.found;
  const id = `${context.origin}/${kind}/${object.name}/${version.version}`;
  try {
    const content = await contentOf(deps, context, decision.object, id);
    const digest = toBase64url(sha256(utf8(content.jwe ?? content.keyHsm ?? "")));
    const granted = { kind, name, version: version.version, id, ...unwrappedOf(item) };
    return { statement: { ...granted, result: "granted", digest }, content };
  } catch (error) {
    if (!isStrongroomError(error, "BadParameter") || item.unwrap === undefined) {
      throw error;
    }
    return { statement: denial(item, "CannotUnwrap"), content: {}, undone: error };
  }
}

function denial({ kind, name, version, ...item }: ReleaseItem, reason: DenialClass): DeniedItem {
  const asked = { kind, name, ...(version === undefined ? {} : { version }), ...unwrappedOf(item) };
  return { ...asked, result: "denied", class: reason };
}

async function contentOf(
  deps: AnswerDeps,
  { vault, target, jti }: AnswerContext,
  object: FoundObject,
  id: string,
): Promise<Answer["content"]> {
  if (object.kind === "keys") {
    const to = wrappingKeyOf(target);
    const { found, unwrap } = object;
    const ciphertext =
      unwrap === undefined
        ? await wrapKey(deps, { vault, found }, to, ownWrapping)
        : await unwrapDataKey(deps, { vault, found, unwrap }, to, ownWrapping);
    return { keyHsm: transferBlob({ kid: to.kid, ciphertext }, ownWrapping) };
  }
  const value = { vault, id, jti, secret: secretOf(object) };
  return { jwe: await encryptSecret(deps, value, contentKeyOf(target)) };
}
