// SPDX-License-Identifier: Apache-2.0
/** The vault's key that wraps data keys. Writers need its public half alone: `GET /keys/NAME`, kept as a file. */

import { constants, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { WrappedKey } from "./format/header.ts";
import type { DataKey } from "./format/sealed-file.ts";

/** What the vault answers of a key, as much of it as counts here. */
interface KeyBundle {
  readonly key: {
    readonly kid: string;
    readonly kty: string;
    readonly key_ops: readonly string[];
    readonly n: string;
    readonly e: string;
  };
}

/** A fresh AES-256 key, wrapped for the vault. @throws {Error} unless the key unwraps for attested environments alone. */
export function makeDataKey(keyFile: string): DataKey {
  const { key } = JSON.parse(readFileSync(keyFile, "utf8")) as KeyBundle;
  const { kid, n, e } = key;
  if (!key.kty.startsWith("RSA") || !key.key_ops.includes("secureUnwrapKey")) {
    throw new Error(`${kid} is no RSA key with secureUnwrapKey: others could unwrap by it as well`);
  }
  const publicKey = createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const bytes = randomBytes(32);
  const value = publicEncrypt({ key: publicKey, padding, oaepHash: "sha256" }, bytes);
  return { bytes, wrapped: { alg: "RSA-OAEP-256", kid, value: value.toString("base64url") } };
}

/** The volume attribute `dataKeys` by which a pod gets the data key as the file `name`. */
export function toVolumeAttribute(name: string, { alg, kid, value }: WrappedKey): string {
  const [, key, version] = /\/keys\/([^/]+)\/([^/]+)$/.exec(kid) ?? [];
  if (key === undefined || version === undefined) {
    throw new Error(`${kid} is no id of a key's version`);
  }
  return `${name}=${key}/${version}:${alg}:${value}`;
}
