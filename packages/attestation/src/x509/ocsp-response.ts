// SPDX-License-Identifier: Apache-2.0
/** OCSP responses, strictly: DER only, version 1, nothing critical that is not understood. RFC 6960 section 4.2.1. */

import { type KeyObject, verify } from "node:crypto";
import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { assertDer, type DerValue, derValues } from "./der.ts";
import { derExtensions, derParts, tag } from "./der-parts.ts";
import * as limits from "./limits.ts";
import { type CertificateStatus, readStatus } from "./ocsp-status.ts";

/** A response whose form was checked; nothing says yet who gave it. */
export interface OcspResponse {
  /** Who says that they gave it: a name's DER, or the SHA-1 of a key; hexadecimal. */
  readonly responder: { readonly form: "name" | "key"; readonly value: string };
  readonly statuses: readonly CertificateStatus[];
  /** What the requester chose. */
  readonly nonce?: Uint8Array;
  /** Certificates that came along, DER. */
  readonly certificates: readonly Uint8Array[];
  /** Whether the key made the signature. */
  readonly isSignedBy: (key: KeyObject) => boolean;
}

/** id-pkix-ocsp-basic and id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.1 and .2; content of the identifier in hexadecimal. */
const oid = { basic: "2b0601050507300101", nonce: "2b0601050507300102" } as const;

/** ECDSA and RSA (PKCS#1 1.5) with SHA-2: 1.2.840.10045.4.3.2 to .4, 1.2.840.113549.1.1.11 to .13. */
const algorithms: ReadonlyMap<string, readonly [hash: string, key: "ec" | "rsa"]> = new Map([
  ["2a8648ce3d040302", ["sha256", "ec"]],
  ["2a8648ce3d040303", ["sha384", "ec"]],
  ["2a8648ce3d040304", ["sha512", "ec"]],
  ["2a864886f70d01010b", ["sha256", "rsa"]],
  ["2a864886f70d01010c", ["sha384", "rsa"]],
  ["2a864886f70d01010d", ["sha512", "rsa"]],
] as const);

/** Whether bytes begin as a response does, and no certificate or list: with a status. */
export function isOcspResponse(bytes: Uint8Array): boolean {
  const isShort = bytes.length <= limits.ocspBytes;
  const [outer] = (isShort ? ifWellFormed(() => derValues(bytes)) : undefined) ?? [];
  return outer?.identifier === tag.sequence && outer.content[0] === tag.enumerated;
}

/**
 * Parses a response; undefined where the responder only says why it gives none.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none, or of another type than the basic one.
 */
export function parseOcspResponse(der: Uint8Array): OcspResponse | undefined {
  if (der.length > limits.ocspBytes) {
    throw malformed("an ocsp response is too long");
  }
  assertDer(der);
  const [outer] = derParts({ content: der }, [tag.sequence]);
  const [status, bytes] = derParts(outer, [tag.enumerated], [tag.explicit0]);
  if (toHex(status.content) !== "00") {
    return undefined;
  }
  if (bytes === undefined) {
    throw malformed("an ocsp response says nothing");
  }
  const [wrapped] = derParts(bytes, [tag.sequence]);
  const [type, response] = derParts(wrapped, [tag.oid, tag.octets]);
  if (toHex(type.content) !== oid.basic) {
    throw malformed("an ocsp response is of another type");
  }
  assertDer(response.content);
  const [basic] = derParts(response, [tag.sequence]);
  return toResponse(basic);
}

function toResponse(basic: DerValue): OcspResponse {
  const required = [tag.sequence, tag.sequence, tag.bits] as const;
  const [data, algorithm, signature, more] = derParts(basic, required, [tag.explicit0]);
  // The responder's name is [1], its key [2]. A version other than the default would be [0] before it, and is refused.
  const isNamed = data.content[0] === tag.explicit1;
  const [responder, , list, extensions] = derParts(
    data,
    [isNamed ? tag.explicit1 : tag.explicit2, tag.generalizedTime, tag.sequence],
    [tag.explicit1],
  );
  const [algorithmId] = derParts(algorithm, [tag.oid], [tag.null]);
  const [id] = derParts(responder, [isNamed ? tag.sequence : tag.octets]);
  const nonce = derExtensions(extensions, [oid.nonce]).get(oid.nonce);
  const [certificates] = more === undefined ? [] : derParts(more, [tag.sequence]);
  return {
    responder: isNamed
      ? { form: "name", value: toHex(id.der) }
      : { form: "key", value: toHex(id.content) },
    statuses: derValues(list.content).map(readStatus),
    ...(nonce === undefined ? {} : { nonce: toNonce(nonce) }),
    certificates: readCertificates(certificates),
    isSignedBy: (key) =>
      isSignature({
        ...{ key, signed: data.der, bits: signature.content },
        algorithm: toHex(algorithmId.content),
      }),
  };
}

function readCertificates(list: DerValue | undefined): readonly Uint8Array[] {
  const certificates = list === undefined ? [] : derValues(list.content);
  if (certificates.length > limits.suppliedCertificates) {
    throw malformed("an ocsp response has too many certificates");
  }
  return certificates.map(({ der }) => der);
}

function toNonce(value: Uint8Array): Uint8Array {
  assertDer(value);
  const [octets] = derParts({ content: value }, [tag.octets]);
  return octets.content;
}

interface SignatureParts {
  readonly key: KeyObject;
  readonly signed: Uint8Array;
  /** Content of its identifier, hexadecimal. */
  readonly algorithm: string;
  readonly bits: Uint8Array;
}

/** By any other algorithm than those of SHA-2 it is nobody's. */
function isSignature({ key, signed, algorithm, bits }: SignatureParts): boolean {
  const [hash, type] = algorithms.get(algorithm) ?? [];
  const isOfType = hash !== undefined && key.asymmetricKeyType === type;
  return isOfType && bits[0] === 0 && verify(hash, signed, key, bits.slice(1));
}
