// SPDX-License-Identifier: Apache-2.0
/**
 * Proof that a wrapped key is the private half of a public key: the token unwraps it, signs, and OpenSSL verifies.
 *
 * A key whose signatures are wrong is refused before one of them leaves: by way of RSA's remainders, a wrong one may give
 * the key away.
 */

import { hash, verify } from "node:crypto";
import { StrongroomError, utf8 } from "@strongroom/core";
import { ecAlgorithms, hashes, signatures } from "../keys/algorithms.ts";
import { type EcKeyType, isEc, isRsa } from "../keys/key-types.ts";
import { objectTemplate } from "./key-purposes.ts";
import { parseSpki } from "./parse-key.ts";
import { withObject } from "./primitives.ts";
import { refusingInput } from "./refusing-input.ts";
import { computeSignature } from "./signatures.ts";
import type { OpenToken } from "./token.ts";
import { unwrapAs, type WrappedKey } from "./use-key.ts";

const message = utf8("strongroom/key-proof/v1");

/** @throws {StrongroomError} `BadParameter` unless the wrapped key signs what `publicKey` (SubjectPublicKeyInfo) verifies. */
export function proveKey(token: OpenToken, key: WrappedKey, publicKey: Uint8Array): void {
  const { keyType: type } = key.header;
  if (!isRsa(type) && !isEc(type)) {
    return;
  }
  const algorithm = isRsa(type) ? "RS256" : ecAlgorithms[type];
  const template = objectTemplate(type, "sign");
  const input = hash(hashes[signatures[algorithm].hash].openSslName, message, "buffer");
  const signature = refusingInput("the token does not compute with this key", () =>
    withObject(token, unwrapAs(token, key, template), (object) =>
      computeSignature(token, object, { algorithm, keyType: type, input }),
    ),
  );
  if (!isSignature(algorithm, publicKey, signature)) {
    throw new StrongroomError("BadParameter", "the private key does not belong to its public key");
  }
}

function isSignature(
  algorithm: "RS256" | (typeof ecAlgorithms)[EcKeyType],
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = parseSpki(publicKey);
  const { openSslName } = hashes[signatures[algorithm].hash];
  return verify(openSslName, message, { key, dsaEncoding: "ieee-p1363" }, signature);
}
