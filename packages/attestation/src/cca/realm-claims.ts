// SPDX-License-Identifier: Apache-2.0
/** Claims of a CCA realm token, and the key that signs it. draft-ffm-rats-cca-token-04, section 4.8; RMM, "Realm claims". */

import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { toBase64url } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isBytes, isCborMap, readCbor } from "../read-cbor.ts";
import { ClaimSet } from "./claim-set.ts";

/** What a realm is. */
export interface CcaRealm {
  /** What the requester asked to have signed. */
  readonly challenge: Uint8Array;
  readonly personalization: Uint8Array;
  /** Tells realms apart that are alike otherwise: random. This and what follows, profiles have since 2024. */
  readonly instanceId?: Uint8Array;
  /** Whose encryption context its memory has (MEC). */
  readonly memoryEncryption?: "shared" | "private";
  /** Whether firmware may be replaced under it (LFA). */
  readonly liveActivation?: "disallow" | "allow";
  /** RIM. */
  readonly initialMeasurement: Uint8Array;
  /** REM 0 to 3. */
  readonly extensibleMeasurements: readonly Uint8Array[];
  /** The realm's attestation key. */
  readonly key: KeyObject;
  /** Its digest, over the claim's bytes as they stand: what the platform's challenge has to be. */
  readonly keyDigest: Uint8Array;
}

const label = {
  ...{ challenge: 10, instanceId: 256, profile: 265, personalization: 44235, hash: 44236 },
  ...{ key: 44237, initial: 44238, extensible: 44239, keyHash: 44240 },
  ...{ memoryEncryption: 44243, liveActivation: 44244 },
} as const;

const profile2023 = "tag:arm.com,2023:realm#1.0.0";
const profile2024 = "tag:arm.com,2024:realm#2.0.0";
const profile2026 = "tag:arm.com,2026:realm#2.0.0";

/** A realm's token need not name one: in the first tokens, and where the platform's profile is for both. */
const profiles: readonly unknown[] = [undefined, profile2023, profile2024, profile2026];

/** EAT's UEID of type RAND: its type, 32 bytes. */
const ueid = { type: 0x01, bytes: 33 } as const;

const challengeBytes = 64;

const extensibleMeasurements = 4;

/** Numbers of COSE_Key and of curves. RFC 9053, section 7.1. */
const cose = { type: 1, ec2: 2, curve: -1, x: -2, y: -3 } as const;

interface Curve {
  readonly name: string;
  readonly bytes: number;
}

const curves: ReadonlyMap<unknown, Curve> = new Map<unknown, Curve>([
  [1, { name: "P-256", bytes: 32 }],
  [2, { name: "P-384", bytes: 48 }],
  [3, { name: "P-521", bytes: 66 }],
]);

/** @throws {StrongroomError} `EvidenceMalformed` if a claim is missing, or not as specified. */
export function parseCcaRealm(payload: Uint8Array): CcaRealm {
  const claims = ClaimSet.parse(payload, "realm");
  const profile = claims.optionalText(label.profile);
  const extensible = claims.list(label.extensible);
  if (!profiles.includes(profile) || extensible.length !== extensibleMeasurements) {
    throw malformed("the realm token has another profile, or other measurements");
  }
  claims.hash(label.hash);
  const key = claims.bytes(label.key);
  const digest = createHash(claims.hash(label.keyHash)).update(key).digest();
  return {
    challenge: claims.bytes(label.challenge, [challengeBytes]),
    personalization: claims.bytes(label.personalization, [challengeBytes]),
    initialMeasurement: claims.measurement(label.initial),
    extensibleMeasurements: extensible.map((value) =>
      new ClaimSet(new Map([[label.extensible, value]]), "realm").measurement(label.extensible),
    ),
    key: profile === undefined && !isMap(key) ? readPoint(key) : readCoseKey(key),
    keyDigest: new Uint8Array(digest),
    ...readLaterClaims(claims, profile),
  };
}

/** Claims since RMM 1.1 and 2.0. Tokens of 2024 do without some, as their makers were at different drafts. */
function readLaterClaims(
  claims: ClaimSet,
  profile: string | undefined,
): Pick<CcaRealm, "instanceId" | "memoryEncryption" | "liveActivation"> {
  if (profile !== profile2024 && profile !== profile2026) {
    return {};
  }
  const memoryEncryption = claims.optionalChoice(label.memoryEncryption, ["shared", "private"]);
  const liveActivation = claims.optionalChoice(label.liveActivation, ["disallow", "allow"]);
  const instanceId = claims.has(label.instanceId)
    ? claims.bytes(label.instanceId, [ueid.bytes])
    : undefined;
  const isWhole = instanceId !== undefined && memoryEncryption !== undefined;
  if ((profile === profile2026 && !isWhole) || (instanceId?.[0] ?? ueid.type) !== ueid.type) {
    throw malformed("the realm token lacks its instance or its memory's policy");
  }
  return {
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(memoryEncryption === undefined ? {} : { memoryEncryption }),
    ...(liveActivation === undefined ? {} : { liveActivation }),
  };
}

/** Whether CBOR begins a map: a COSE_Key. The first tokens had a bare point, which begins with 0x04. */
function isMap(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >> 5 === 5;
}

/** 0x04, x, y. */
function readPoint(bytes: Uint8Array): KeyObject {
  const size = (bytes.length - 1) / 2;
  const curve = [...curves.values()].find((one) => one.bytes === size);
  if (curve === undefined || bytes[0] !== 0x04) {
    throw malformed("the realm's key is no point");
  }
  return toKey(curve, bytes.slice(1, 1 + size), bytes.slice(1 + size));
}

function readCoseKey(bytes: Uint8Array): KeyObject {
  const map = readCbor(bytes);
  if (!isCborMap(map) || map.get(cose.type) !== cose.ec2) {
    throw malformed("the realm's key is no COSE_Key of a curve");
  }
  const curve = curves.get(map.get(cose.curve));
  const [x, y] = [map.get(cose.x), map.get(cose.y)];
  if (curve === undefined || !isBytes(x) || !isBytes(y)) {
    throw malformed("the realm's key is no point");
  }
  return toKey(curve, x, y);
}

function toKey({ name, bytes }: Curve, x: Uint8Array, y: Uint8Array): KeyObject {
  if (x.length !== bytes || y.length !== bytes) {
    throw malformed("the realm's key has coordinates of another size");
  }
  const jwk = { kty: "EC", crv: name, x: toBase64url(x), y: toBase64url(y) };
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch (cause) {
    throw malformed("the realm's key is no point of its curve", cause);
  }
}
