// SPDX-License-Identifier: Apache-2.0
/** Encrypted values as an attacker makes them: every header, sound under the key that they are for. RFC 7516, section 5.1. */

import {
  constants,
  createCipheriv,
  createPublicKey,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import type { SealedHeader, SealingKey } from "@strongroom/api";
import { encodeJson } from "./jwt.ts";

/** A value, and how it is encrypted where that is not as `strongroom seal` does it. */
export interface JweRequest {
  readonly key: SealingKey;
  readonly header: SealedHeader;
  readonly value: Uint8Array;
  /** Members of the header in place of those, or beside them. */
  readonly change?: object;
  /** How the content's key is encrypted. */
  readonly padding?: "oaep-sha256" | "oaep-sha1" | "pkcs1";
  readonly cipher?: "aes-256-gcm" | "aes-128-gcm";
  /** Bytes of the tag; RFC 7518 says 16. */
  readonly tagBytes?: number;
}

/** Encrypts to the key; compact form. */
export function jweTo({ key, header, value, ...request }: JweRequest): string {
  const { padding = "oaep-sha256", cipher = "aes-256-gcm", tagBytes = 16 } = request;
  const contentKey = randomBytes(cipher === "aes-256-gcm" ? 32 : 16);
  const protectedHeader = encodeJson({ ...header, ...request.change });
  const iv = randomBytes(12);
  const content = createCipheriv(cipher, contentKey, iv);
  content.setAAD(Buffer.from(protectedHeader));
  const ciphertext = Buffer.concat([content.update(value), content.final()]);
  const tag = content.getAuthTag().subarray(0, tagBytes);
  const encryptedKey = publicEncrypt(
    { key: createPublicKey({ key, format: "jwk" }), ...paddings[padding] },
    contentKey,
  );
  const parts = [encryptedKey, iv, ciphertext, tag].map((part) => part.toString("base64url"));
  return [protectedHeader, ...parts].join(".");
}

const paddings = {
  "oaep-sha256": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
  "oaep-sha1": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" },
  pkcs1: { padding: constants.RSA_PKCS1_PADDING },
} as const;
