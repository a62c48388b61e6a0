// SPDX-License-Identifier: Apache-2.0
/** A fresh P-256 key pair in the token, and its public key as SubjectPublicKeyInfo. */

import { concatBytes, fromHex, StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { readAttribute, toTemplate } from "./attributes.ts";
import { loadTemplate } from "./key-profiles.ts";
import type { Handle } from "./pkcs11.ts";
import { type Session, withObject } from "./primitives.ts";

/** OBJECT IDENTIFIER 1.2.840.10045.3.1.7 (prime256v1), DER. */
const p256 = fromHex("06082a8648ce3d030107");

/** SubjectPublicKeyInfo of an uncompressed P-256 point without the point. RFC 5480 section 2. */
const spkiPrefix = fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

/** 0x04, x, y. */
const pointBytes = 65;

/** A pair whose private half waits to be wrapped. */
export interface EcPair {
  readonly privateKey: Handle;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** Generates a pair; class N leaves only under a trusted key, and the caller destroys the private half. */
export function generateEcPair(session: Session, keyClass: "N" | "E"): EcPair {
  const pair = session.module.C_GenerateKeyPair(
    session.handle,
    { mechanism: pkcs11js.CKM_EC_KEY_PAIR_GEN },
    toTemplate({ CKA_TOKEN: false, CKA_PRIVATE: false, CKA_EC_PARAMS: p256, CKA_VERIFY: true }),
    toTemplate({
      ...loadTemplate("ec-p256"),
      CKA_EXTRACTABLE: true,
      CKA_WRAP_WITH_TRUSTED: keyClass === "N",
    }),
  );
  const point = withObject(session, pair.publicKey, (key) =>
    readAttribute(session.module, session.handle, key, "CKA_EC_POINT"),
  );
  return { privateKey: pair.privateKey, publicKey: toSpki(point) };
}

// CKA_EC_POINT is the DER OCTET STRING of the point; some tokens give the bare point.
function toSpki(attribute: Uint8Array): Uint8Array {
  const point = attribute.subarray(attribute.length - pointBytes);
  if (point.length !== pointBytes || point[0] !== 4) {
    throw new StrongroomError(
      "HsmRefused",
      "the token gave an elliptic curve point of no known form",
    );
  }
  return concatBytes(spkiPrefix, point);
}
