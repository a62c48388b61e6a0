// SPDX-License-Identifier: Apache-2.0
/** Key Vault's bodies for keys: requests as clients send them, bundles as clients read them. */

import { maxTagLength } from "@strongroom/api";
import { fromBase64url } from "@strongroom/core";
import { z } from "zod";
import { type FoundKey, keyKind } from "../../keys/key-kind.ts";
import { type KeyShape, keyShapes } from "../../keys/key-type.ts";
import { publicJwk } from "../../keys/public-jwk.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import {
  attributesWireSchema,
  objectId,
  tagsWireSchema,
  versionId,
  wireAttributes,
} from "../objects/object-wire.ts";

/** Operations in one body. */
const maxOperations = 16;
/** Characters of a name in a body. */
const maxWord = 64;
/** Characters of a release policy in base64url: 64 KiB of JSON. */
const maxPolicyLength = 87_384;

const word = z.string().max(maxWord);
const keyOps = z.array(word).max(maxOperations);

/** Key types in a body. */
export const keyTypeWireSchema = z.enum([
  "EC",
  "EC-HSM",
  "RSA",
  "RSA-HSM",
  "oct",
  "oct-HSM",
  "AKP",
  "AKP-HSM",
]);

const releasePolicy = z.object({
  contentType: z.string().max(255).nullish(),
  data: z.string().max(maxPolicyLength).nullish(),
  immutable: z.boolean().nullish(),
});

const keyAttributes = attributesWireSchema.extend({ exportable: z.boolean().nullish() });

const common = {
  attributes: keyAttributes.nullish(),
  tags: tagsWireSchema(maxTagLength).nullish(),
  release_policy: releasePolicy.nullish(),
};

/** Body of CreateKey. Unknown members are ignored, as Key Vault does: newer clients send more. */
export const createKeySchema = z.object({
  kty: keyTypeWireSchema,
  key_size: z.int().nullish(),
  public_exponent: z.int().nullish(),
  key_ops: keyOps.nullish(),
  crv: word.nullish(),
  alg: word.nullish(),
  ...common,
});

/** CreateKey's body. */
export type CreateKeyBody = z.infer<typeof createKeySchema>;

/** Characters of one member of a private JWK: an RSA-4096 number in base64url has 683. */
const number = z.string().max(1_024);
/** Characters of `key_hsm`: RSA-AES key wrap of an RSA-4096 key in JSON in base64url. */
const maxTransferLength = 16_384;

const privateJwk = z.object({
  kty: keyTypeWireSchema,
  key_ops: keyOps.nullish(),
  crv: word.nullish(),
  alg: word.nullish(),
  key_hsm: z.string().max(maxTransferLength).nullish(),
  // An AKP public key has up to 2592 bytes.
  pub: z.string().max(4_096).nullish(),
  priv: number.nullish(),
  oth: z.unknown().optional(),
  ...Object.fromEntries(
    ["n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y", "k"].map((name) => [
      name,
      number.nullish(),
    ]),
  ),
});

/** Body of ImportKey. Azure's own tools write `hsm`: who asks for the HSM must not get a key in software. */
export const importKeySchema = z.object({
  Hsm: z.boolean().nullish(),
  hsm: z.boolean().nullish(),
  key: privateJwk,
  ...common,
});

/** ImportKey's body. */
export type ImportKeyBody = z.infer<typeof importKeySchema>;

/** Body of UpdateKey. */
export const updateKeySchema = z.object({ key_ops: keyOps.nullish(), ...common });

/** UpdateKey's body. */
export type UpdateKeyBody = z.infer<typeof updateKeySchema>;

/** A version with its public key, under the version's id. */
export function keyBundle(origin: string, vault: Vault, found: FoundKey) {
  const { version } = found;
  const { type, operations, publicKey } = version;
  return {
    key: {
      kid: versionId(origin, keyKind, found),
      kty: keyTypeName(version),
      key_ops: operations,
      ...publicJwk(type, fromBase64url(publicKey ?? "")),
    },
    ...properties(vault, found),
    ...(version.releasePolicy === undefined ? {} : { release_policy: version.releasePolicy }),
  };
}

/** An entry of the list of versions. */
export function keyVersionItem(origin: string, vault: Vault, found: FoundKey) {
  return { kid: versionId(origin, keyKind, found), ...properties(vault, found) };
}

/** An entry of the list of keys, whose id names no version. */
export function keyItem(origin: string, vault: Vault, found: FoundKey) {
  return { kid: objectId(origin, keyKind, found.object), ...properties(vault, found) };
}

function properties(vault: Vault, { object, version }: FoundKey) {
  const { exportable, protection, tags } = version;
  return {
    attributes: {
      ...wireAttributes(vault, version),
      ...(exportable ? { exportable } : {}),
      // What the token's certificate says is not ours to claim, so that HSM keys have no platform.
      ...(protection === "software" ? { hsmPlatform: "0" } : {}),
      ...sizeOf(version),
    },
    tags: tags ?? {},
    ...(object.managed ? { managed: true } : {}),
  };
}

function sizeOf({ type }: FoundKey["version"]) {
  const shape: KeyShape = keyShapes[type];
  return shape.family === "aes" ? { key_size: shape.bits } : {};
}

const familyNames = { ec: "EC", rsa: "RSA", aes: "oct", akp: "AKP" } as const;

function keyTypeName({ type, protection }: FoundKey["version"]): string {
  const name = familyNames[keyShapes[type].family];
  return protection === "hsm" ? `${name}-HSM` : name;
}
