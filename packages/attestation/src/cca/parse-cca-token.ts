// SPDX-License-Identifier: Apache-2.0
/**
 * An Arm CCA attestation token: a collection of the platform's token and the realm's. draft-ffm-rats-cca-token, section 4;
 * RMM 2.0, "Attestation token format".
 */

import { malformed } from "../byte-reader.ts";
import { type CoseProfile, type CoseSign1, parseCoseSign1 } from "../cose-sign1.ts";
import { type CborMap, isBytes, isCborMap, readCbor } from "../read-cbor.ts";
import { type CcaPlatform, parseCcaPlatform } from "./platform-claims.ts";
import { type CcaRealm, parseCcaRealm } from "./realm-claims.ts";

/** A token of two parts; nothing says yet who signed either. */
export interface CcaToken {
  readonly platform: { readonly cose: CoseSign1; readonly claims: CcaPlatform };
  readonly realm: { readonly cose: CoseSign1; readonly claims: CcaRealm };
}

/** Tags of the collection: 399 with bare tokens, 907 with tokens in pairs with their content format. */
const tags = { collection: [0xd9, 0x01, 0x8f], wrapped: [0xd9, 0x03, 0x8b] } as const;

/** Content format `application/eat+cwt`. */
const eatCwt = 263;

const label = { platform: 44234, realm: 44241 } as const;

/** The name under which a collection says of which type it is (draft-ietf-rats-msg-wrap), and the most parts of one. */
const collection = { type: "__cmwc_t", parts: 16 } as const;

/**
 * Content type, key identifier, type and the certificate's thumbprint are signed and say nothing here; a key identifier may
 * also be unsigned, and so are the platform's certificates: its key is known otherwise, or it is not known.
 */
const profile: CoseProfile = {
  algorithms: ["ES256", "ES384", "ES512"],
  protectedLabels: [3, 4, 16, 34],
  unprotectedLabels: [4, 33],
};

/** @throws {StrongroomError} `EvidenceMalformed` if a claim is missing, or not as specified. */
export function parseCcaToken(bytes: Uint8Array): CcaToken {
  const isWrapped = beginsWith(bytes, tags.wrapped);
  if (!isWrapped && !beginsWith(bytes, tags.collection)) {
    throw malformed("not a cca token");
  }
  const map = readCbor(bytes.slice(tags.collection.length));
  if (!isCborMap(map) || !(isWrapped ? hasKnownParts(map) : map.size === 2)) {
    throw malformed("a cca token of other parts than two");
  }
  const platform = readPart(map.get(label.platform), isWrapped);
  const realm = readPart(map.get(label.realm), isWrapped);
  return {
    platform: { cose: platform, claims: parseCcaPlatform(platform.payload) },
    realm: { cose: realm, claims: parseCcaRealm(realm.payload) },
  };
}

/**
 * Wrapped, there may be more: the realm's devices, certificates, logs. Nobody signed the collection, so that they prove
 * nothing and are passed over; what a realm says of its devices is in its own token.
 */
function hasKnownParts(map: CborMap): boolean {
  const isKnown = (key: unknown) => typeof key === "number" || key === collection.type;
  return map.size <= collection.parts && [...map.keys()].every(isKnown);
}

function readPart(value: unknown, isWrapped: boolean): CoseSign1 {
  const [format, token]: readonly unknown[] =
    isWrapped && Array.isArray(value) && value.length === 2 ? value : [undefined, value];
  if (!isBytes(token) || (isWrapped && format !== eatCwt)) {
    throw malformed("a part of the cca token is none");
  }
  return parseCoseSign1(token, profile);
}

function beginsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
