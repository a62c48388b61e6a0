// SPDX-License-Identifier: Apache-2.0
/** An OCSP responder for tests: responses about one certificate with any status and any fault. RFC 6960. */

import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { bitString, commonName, der, extensionOf, integer, objectId, sequence } from "./der.ts";

/** A response, where it differs from one that says that the certificate is good. */
export interface OcspRequest {
  readonly status?: keyof typeof statuses;
  readonly thisUpdate?: Date;
  /** Null: the response says nothing of it. */
  readonly nextUpdate?: Date | null;
  readonly nonce?: Uint8Array;
  /** By which the certificate's issuer is named. */
  readonly hash?: keyof typeof hashes;
  readonly serial?: number;
  /** Name and key that the certificate is said to be issued by. */
  readonly issuerName?: string;
  readonly issuerKey?: KeyObject;
  /** Who gives the response, where it is not the issuer: name, key, and the certificate that comes along. */
  readonly responder?: {
    readonly name: string;
    readonly key: KeyObject;
    readonly certificate?: Uint8Array;
  };
  /** Whether the responder is named by its key. */
  readonly byKey?: boolean;
  /** Who signs, where it is not the responder. */
  readonly signer?: KeyObject;
  /** Extensions of the response and of the status, beside the nonce. */
  readonly extensions?: readonly Uint8Array[];
  readonly singleExtensions?: readonly Uint8Array[];
  /** OCSPResponseStatus; not 0: the response is this alone. */
  readonly outcome?: number;
}

const revokedAt = der(0x18, Buffer.from("20260101000000Z"));

const statuses = {
  good: der(0x80),
  revoked: der(0xa1, revokedAt, der(0xa0, der(0x0a, Uint8Array.of(1)))),
  "revoked without a reason": der(0xa1, revokedAt),
  hold: der(0xa1, revokedAt, der(0xa0, der(0x0a, Uint8Array.of(6)))),
  unknown: der(0x82),
} as const;

const hashes = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
} as const;

const ecdsaSha384 = sequence(objectId("1.2.840.10045.4.3.3"));
const nonceId = "1.3.6.1.5.5.7.48.1.2";
const basicId = "1.3.6.1.5.5.7.48.1.1";
const [start, end] = [new Date("2026-05-31T00:00:00Z"), new Date("2026-06-08T00:00:00Z")];

/** Responds about the certificate with number 7 that an issuer of this name and key signed; DER. */
export function respondOcsp(
  issuer: { readonly name: string; readonly key: KeyObject },
  request: OcspRequest = {},
): Uint8Array {
  if (request.outcome !== undefined && request.outcome !== 0) {
    return sequence(der(0x0a, Uint8Array.of(request.outcome)));
  }
  const responder = request.responder ?? issuer;
  const certificate = request.responder?.certificate;
  const nonce = request.nonce && extensionOf(nonceId, der(0x04, request.nonce));
  const extensions = [...(nonce ? [nonce] : []), ...(request.extensions ?? [])];
  const data = sequence(
    request.byKey
      ? der(0xa2, der(0x04, hashKey("sha1", responder.key)))
      : der(0xa1, commonName(responder.name)),
    generalizedTime(request.thisUpdate ?? start),
    sequence(single(issuer, request)),
    ...(extensions.length > 0 ? [der(0xa1, sequence(...extensions))] : []),
  );
  const signature = sign("sha384", data, request.signer ?? responder.key);
  const basic = sequence(
    ...[data, ecdsaSha384, bitString(signature)],
    ...(certificate ? [der(0xa0, sequence(certificate))] : []),
  );
  const bytes = sequence(objectId(basicId), der(0x04, basic));
  return sequence(der(0x0a, Uint8Array.of(0)), der(0xa0, bytes));
}

function single(
  issuer: { readonly name: string; readonly key: KeyObject },
  request: OcspRequest,
): Uint8Array {
  const { hash = "sha1", nextUpdate = end, singleExtensions = [] } = request;
  const nameHash = createHash(hash)
    .update(commonName(request.issuerName ?? issuer.name))
    .digest();
  return sequence(
    sequence(
      sequence(objectId(hashes[hash]), der(0x05)),
      der(0x04, nameHash),
      der(0x04, hashKey(hash, request.issuerKey ?? issuer.key)),
      integer(request.serial ?? 7),
    ),
    statuses[request.status ?? "good"],
    generalizedTime(request.thisUpdate ?? start),
    ...(nextUpdate === null ? [] : [der(0xa0, generalizedTime(nextUpdate))]),
    ...(singleExtensions.length > 0 ? [der(0xa1, sequence(...singleExtensions))] : []),
  );
}

/** Hash of the uncompressed point, the last 97 bytes of a P-384 key's SubjectPublicKeyInfo. */
function hashKey(hash: string, key: KeyObject): Uint8Array {
  const point = createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-97);
  return createHash(hash).update(point).digest();
}

function generalizedTime(at: Date): Uint8Array {
  const digits = at.toISOString().replaceAll(/[-:T]/gu, "").slice(0, 14);
  return der(0x18, Buffer.from(`${digits}Z`));
}
