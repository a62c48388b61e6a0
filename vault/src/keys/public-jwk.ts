// SPDX-License-Identifier: Apache-2.0
/** What everybody may see of a key, as members of a JWK: the same for software keys and for the HSM's. */

import { type KeyShape, type KeyType, keyShapes } from "./key-type.ts";
import { openPublicKey } from "./software/private-key.ts";

/** Members of a JWK that say which public key it is; none for an AES key. */
export function publicJwk(type: KeyType, publicKey: Uint8Array): Readonly<Record<string, string>> {
  const shape: KeyShape = keyShapes[type];
  if (shape.family === "aes") {
    return {};
  }
  const { x, y, n, e, pub } = openPublicKey(publicKey).export({ format: "jwk" }) as Record<
    string,
    string
  >;
  if (shape.family === "ec") {
    return { crv: shape.curve, x: x ?? "", y: y ?? "" };
  }
  return shape.family === "rsa"
    ? { n: n ?? "", e: e ?? "" }
    : { alg: shape.parameters, pub: pub ?? "" };
}
