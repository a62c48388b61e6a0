// SPDX-License-Identifier: Apache-2.0
/**
 * A class E key leaves, encrypted to an RSA key by RSA-AES key wrap composed in the token: the key is never in this host's
 * memory. Where the token lacks OAEP's hash function, the AES key that carries it is, for an instant.
 */

import { constants, type KeyObject, publicEncrypt } from "node:crypto";
import { concatBytes, fromBase64url, StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { type ExchangeHash, hashes } from "../keys/algorithms.ts";
import { type Attributes, onlyFor, toTemplate } from "./attributes.ts";
import { rejected } from "./blob.ts";
import { leavingTemplate } from "./key-purposes.ts";
import { parseSpki } from "./parse-key.ts";
import type { Handle } from "./pkcs11.ts";
import { importSecret, randomBytes, type Session, withObject, wrapKey } from "./primitives.ts";
import { oaep } from "./rsa-decryption.ts";
import type { OpenToken } from "./token.ts";
import { authenticate, type KeyPlace, requirePlace, unwrapAs } from "./use-key.ts";

/** To whom a key is released. */
export interface ReleaseTarget {
  /** SubjectPublicKeyInfo of an RSA key of 2048 to 8192 bits, DER. */
  readonly publicKey: Uint8Array;
  readonly hash: ExchangeHash;
}

/** Bits of the RSA keys that are released to. */
const leastBits = 2048;
const mostBits = 8192;

/** Bytes of the AES key that carries what is released. */
const carrierBytes = 32;

/** @throws {StrongroomError} `HsmBlobRejected` for a key of another class; `BadParameter` for another target. */
export function releaseKey(
  token: OpenToken,
  what: { readonly blob: Uint8Array; readonly place?: KeyPlace | undefined },
  target: ReleaseTarget,
): Uint8Array {
  const to = parseTarget(target.publicKey);
  const opened = authenticate(token, what.blob);
  const { header } = opened;
  requirePlace(header, what.place);
  if (header.class !== "E" || header.keyType === "secret-256") {
    throw rejected("the key of this blob is not released");
  }
  const template = leavingTemplate(header.keyType, header.class);
  return withObject(token, unwrapAs(token, opened, template), (key) =>
    token.computable.has(`OAEP-wrap/${target.hash}`)
      ? releaseInside(token, key, to, target.hash)
      : releaseByCarrier(token, key, to, target.hash),
  );
}

function parseTarget(spki: Uint8Array): KeyObject {
  try {
    const key = parseSpki(spki);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType === "rsa" && bits >= leastBits && bits <= mostBits) {
      return key;
    }
  } catch {
    // Said below, with what is no RSA key.
  }
  throw new StrongroomError("BadParameter", "a key is released to an RSA key of 2048 to 8192 bits");
}

// The carrier is made in the token and leaves it under the target's key only.
function releaseInside(
  token: OpenToken,
  key: Handle,
  to: KeyObject,
  hash: ExchangeHash,
): Uint8Array {
  return withObject(token, generateCarrier(token), (carrier) =>
    withObject(token, importTarget(token, to), (target) => {
      const head = wrapKey(token, { mechanism: oaep(hash), key: target }, carrier);
      return concatBytes(head, wrapKey(token, { mechanism: token.keyWrap, key: carrier }, key));
    }),
  );
}

function releaseByCarrier(
  token: OpenToken,
  key: Handle,
  to: KeyObject,
  hash: ExchangeHash,
): Uint8Array {
  const carrier = randomBytes(token, carrierBytes);
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const oaepHash = hashes[hash].openSslName;
    const head = publicEncrypt({ key: to, padding, oaepHash }, carrier);
    const options = { type: "CKK_AES", uses: ["CKA_WRAP"], extractable: false } as const;
    return withObject(token, importSecret(token, carrier, options), (object) =>
      concatBytes(head, wrapKey(token, { mechanism: token.keyWrap, key: object }, key)),
    );
  } finally {
    carrier.fill(0);
  }
}

function generateCarrier(session: Session): Handle {
  const template: Attributes = {
    CKA_TOKEN: false,
    CKA_PRIVATE: true,
    CKA_SENSITIVE: true,
    CKA_EXTRACTABLE: true,
    ...onlyFor("CKA_WRAP"),
    CKA_VALUE_LEN: carrierBytes,
  };
  const mechanism = { mechanism: pkcs11js.CKM_AES_KEY_GEN };
  return session.module.C_GenerateKey(session.handle, mechanism, toTemplate(template));
}

/** The target's public key as a session object that wraps. */
export function importTarget(session: Session, key: KeyObject): Handle {
  const { n = "", e = "" } = key.export({ format: "jwk" });
  const template: Attributes = {
    CKA_CLASS: "CKO_PUBLIC_KEY",
    CKA_KEY_TYPE: "CKK_RSA",
    CKA_TOKEN: false,
    CKA_PRIVATE: false,
    CKA_ENCRYPT: false,
    CKA_VERIFY: false,
    CKA_WRAP: true,
    CKA_MODULUS: fromBase64url(n),
    CKA_PUBLIC_EXPONENT: fromBase64url(e),
  };
  return session.module.C_CreateObject(session.handle, toTemplate(template));
}
