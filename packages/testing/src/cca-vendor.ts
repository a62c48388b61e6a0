// SPDX-License-Identifier: Apache-2.0
/** An Arm CCA platform for tests: tokens with any claim and any fault, signed by keys of its own. */

import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type CborValue, cbor } from "./cbor.ts";

/** Claims by number in place of the usual ones; undefined leaves one out. */
type Claims = Readonly<Record<number, CborValue | undefined>>;

/** What a token is to be, where it differs from what is usual. */
export interface CcaTokenRequest {
  readonly platform?: Claims;
  readonly realm?: Claims;
  readonly platformSigner?: KeyObject;
  readonly realmSigner?: KeyObject;
  /** The form of the realm's key and of the collection: of the draft's first versions, or of the later ones. */
  readonly form?: "legacy" | "wrapped";
  /** The claim that has the digest of the realm's key: the challenge, or that of the profiles since 2026. */
  readonly bindingClaim?: 10 | 2408;
  readonly unprotectedHeader?: CborValue;
  /** Signed headers beside the algorithm. */
  readonly protectedHeader?: readonly (readonly [number, CborValue])[];
  /** Further parts of the collection. */
  readonly parts?: readonly (readonly [number | string, CborValue])[];
}

/** A platform with its attestation key. */
export interface CcaVendor {
  readonly platformKey: KeyObject;
  readonly implementationId: Uint8Array;
  readonly instanceId: Uint8Array;
  readonly token: (request?: CcaTokenRequest) => Uint8Array;
}

const fill = (length: number, value: number) => new Uint8Array(Buffer.alloc(length, value));

/** Tags 399 and 907. */
const tags = { legacy: [0xd9, 0x01, 0x8f], wrapped: [0xd9, 0x03, 0x8b] } as const;

/** Makes a platform; its key is of P-384, as is that of its realms. */
export function createCcaVendor(): CcaVendor {
  const cpak = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const rak = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const implementationId = fill(32, 0xa1);
  const instanceId = new Uint8Array([1, ...fill(32, 0xa2)]);
  const token = (request: CcaTokenRequest = {}) => {
    const form = request.form ?? "legacy";
    const key = encodeKey(rak.publicKey, form);
    const realm = { ...usualRealm(key, form), ...request.realm };
    const digest = createHash("sha256").update(key).digest();
    const platform = {
      ...usualPlatform(implementationId, instanceId),
      [request.bindingClaim ?? 10]: new Uint8Array(digest),
      ...request.platform,
    };
    const parts = [
      signClaims(platform, request.platformSigner ?? cpak.privateKey, request),
      signClaims(realm, request.realmSigner ?? rak.privateKey, request),
    ].map((part): CborValue => (form === "wrapped" ? [263, part] : part));
    const [first = null, second = null] = parts;
    const collection = cbor({
      pairs: [[44234, first], [44241, second], ...(request.parts ?? [])],
    });
    return new Uint8Array([...tags[form], ...collection]);
  };
  return { platformKey: cpak.publicKey, implementationId, instanceId, token };
}

function usualPlatform(implementationId: Uint8Array, instanceId: Uint8Array): Claims {
  return {
    256: instanceId,
    265: "tag:arm.com,2023:cca_platform#1.0.0",
    2395: 0x3003,
    2396: implementationId,
    2399: [
      {
        pairs: [
          [1, "BL"],
          [2, fill(32, 3)],
          [4, "1.2"],
          [5, fill(32, 4)],
        ],
      },
    ],
    2400: "https://verifier.example",
    2401: fill(4, 5),
    2402: "sha-256",
  };
}

function usualRealm(key: Uint8Array, form: "legacy" | "wrapped"): Claims {
  return {
    10: fill(64, 0xc0),
    265: form === "legacy" ? undefined : "tag:arm.com,2023:realm#1.0.0",
    44235: fill(64, 6),
    44236: "sha-256",
    44237: key,
    44238: fill(48, 7),
    44239: [fill(48, 8), fill(48, 9), fill(48, 10), fill(48, 11)],
    44240: "sha-256",
  };
}

/** A bare point, or a COSE_Key. */
function encodeKey(key: KeyObject, form: "legacy" | "wrapped"): Uint8Array {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const [left, right] = [Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  return form === "legacy"
    ? new Uint8Array([4, ...left, ...right])
    : cbor({
        pairs: [
          [1, 2],
          [-1, 2],
          [-2, new Uint8Array(left)],
          [-3, new Uint8Array(right)],
        ],
      });
}

function signClaims(
  claims: Claims,
  key: KeyObject,
  { protectedHeader = [], unprotectedHeader = { pairs: [] } }: CcaTokenRequest,
): Uint8Array {
  const pairs = Object.entries(claims).flatMap(([label, value]) =>
    value === undefined ? [] : [[Number(label), value] as const],
  );
  const payload = cbor({ pairs });
  const header = cbor({ pairs: [[1, -35], ...protectedHeader] });
  const signed = cbor(["Signature1", header, new Uint8Array(), payload]);
  const signature = sign("sha384", signed, { key, dsaEncoding: "ieee-p1363" });
  return cbor([header, unprotectedHeader, payload, new Uint8Array(signature)]);
}
