// SPDX-License-Identifier: Apache-2.0
/** What the vault in memory answers for one file of a volume, encrypted as a vault encrypts it. */

import type { RuntimeData } from "@strongroom/api";
import { utf8 } from "@strongroom/core";
import { CompactEncrypt, importJWK } from "jose";
import type { ObjectItem, VolumeItem } from "../node/publish-request.ts";
import type { ReleasedItem } from "../release/vault-port.ts";
import { toKeyHsm, wrapToAttested } from "./wrap-to-attested.ts";

/** What a vault has. */
export interface Holdings {
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Data keys by what they are wrapped as; text. */
  readonly dataKeys?: Readonly<Record<string, string>>;
  /** Denial classes by name. */
  readonly denied: Readonly<Record<string, string>>;
  /** Header parameter `strongroom.id` of every released secret, where it is not the right one. */
  readonly wrongId?: string | undefined;
}

/** The answer, to the attested keys. */
export async function answerItem(
  state: Holdings,
  [encrypt, deriveKey]: RuntimeData["keys"],
  item: VolumeItem,
  jti: string,
): Promise<ReleasedItem> {
  const { name } = item;
  const { secrets, dataKeys = {} } = state;
  const value = item.kind === "secret" ? secrets[name] : dataKeys[item.wrapped.value];
  const denial = state.denied[name];
  if (denial !== undefined || value === undefined) {
    return { result: "denied", name, class: denial ?? "NotFound" };
  }
  return item.kind === "secret"
    ? await answerSecret(state, deriveKey, { ...item, value, jti })
    : {
        ...{ result: "unwrapped", name },
        keyHsm: toKeyHsm(encrypt, wrapToAttested(encrypt, utf8(value))),
      };
}

async function answerSecret(
  state: Holdings,
  key: RuntimeData["keys"][1],
  { name, version, value, jti }: ObjectItem & { readonly value: string; readonly jti: string },
): Promise<ReleasedItem> {
  const id = `https://vault.ns.svc/secrets/${name}/${version ?? "0".repeat(32)}`;
  const header = {
    alg: "ECDH-ES+A256KW",
    enc: "A256GCM",
    typ: "strongroom-secret+jwe",
    kid: key.kid,
    "strongroom.id": state.wrongId ?? id,
    "strongroom.jti": jti,
  };
  const { key_ops: _, ...jwk } = key;
  const jwe = await new CompactEncrypt(utf8(value))
    .setProtectedHeader(header)
    .encrypt(await importJWK(jwk, "ECDH-ES+A256KW"));
  return { result: "granted", name, id, jwe };
}
