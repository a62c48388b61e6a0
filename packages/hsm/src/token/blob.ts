// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes of a key outside the token.
 *
 * blob = 0x01 || header length (4 bytes, big-endian) || header (canonical JSON) || wrapped key || tag (32 bytes), the tag
 * being HMAC-SHA-256 under KEK-A over all that is before it. Key wrap binds neither type nor purpose: the header does.
 */

import {
  canonicalJson,
  concatBytes,
  equalBytes,
  fromUtf8,
  parseJson,
  StrongroomError,
  u32be,
} from "@strongroom/core";
import { maxBlobBytes } from "../wire/limits.ts";
import type { NamedTemplate } from "./attributes.ts";
import { type KeyProfile, requireProfile } from "./key-profiles.ts";
import { headerTemplate } from "./key-purposes.ts";

const blobVersion = 1;
const headerOffset = 5;
const tagBytes = 32;

/** What a blob says about its key. */
export interface BlobHeader extends KeyProfile {
  /** Vault uid, or `installation`. */
  readonly scope: string;
  readonly keyId: string;
  /** Key check value of the key encryption key of its class. */
  readonly kek: string;
  /** What the objects of the key may be at most; each gets one of the uses that it allows. */
  readonly template: NamedTemplate;
}

/** A blob whose tag was right. */
export interface OpenBlob {
  readonly header: BlobHeader;
  /** The header's bytes, as AES-GCM's associated data. */
  readonly headerBytes: Uint8Array;
  readonly wrapped: Uint8Array;
}

/** Canonical bytes of a header. */
export function encodeHeader(header: BlobHeader): Uint8Array {
  return canonicalJson({ ...header, operations: [...header.operations].sort() });
}

/** A blob of header and wrapped key; `mac` is HMAC-SHA-256 under KEK-A. */
export function sealBlob(
  headerBytes: Uint8Array,
  wrapped: Uint8Array,
  mac: (input: Uint8Array) => Uint8Array,
): Uint8Array {
  const version = new Uint8Array([blobVersion]);
  const body = concatBytes(version, u32be(headerBytes.length), headerBytes, wrapped);
  return concatBytes(body, mac(body));
}

/**
 * Header and wrapped key of a blob, once its tag has proved that this token's host made it: one of `macs`, HMAC-SHA-256
 * under each KEK-A that the token has, gives it.
 *
 * @throws {StrongroomError} `HsmBlobRejected` otherwise; nothing of the blob was used.
 */
export function openBlob(
  blob: Uint8Array,
  macs: readonly ((input: Uint8Array) => Uint8Array)[],
): OpenBlob {
  const bodyEnd = blob.length - tagBytes;
  if (blob.length > maxBlobBytes || bodyEnd <= headerOffset || blob[0] !== blobVersion) {
    throw rejected("a key blob has an unknown format");
  }
  const body = blob.subarray(0, bodyEnd);
  if (!macs.some((mac) => equalBytes(mac(body), blob.subarray(bodyEnd)))) {
    throw rejected("a key blob was not made by this token or was changed");
  }
  const headerLength = new DataView(body.buffer, body.byteOffset).getUint32(1);
  const headerEnd = headerOffset + headerLength;
  if (headerEnd >= body.length) {
    throw rejected("a key blob has no key");
  }
  const headerBytes = body.subarray(headerOffset, headerEnd);
  return { header: parseHeader(headerBytes), headerBytes, wrapped: body.subarray(headerEnd) };
}

// Behind the tag: only a host of another version could have made what is refused here.
function parseHeader(bytes: Uint8Array): BlobHeader {
  try {
    const raw = parseJson(fromUtf8(bytes)) as BlobHeader;
    const profile = requireProfile(raw);
    const header: BlobHeader = {
      ...profile,
      keyId: requireText(raw.keyId),
      kek: requireText(raw.kek),
      scope: requireText(raw.scope),
      template: headerTemplate(profile),
    };
    if (!equalBytes(encodeHeader(header), bytes)) {
      throw rejected("a key blob says more, or otherwise, than this host would");
    }
    return header;
  } catch (cause) {
    throw rejected("a key blob has a header that is unknown here", cause);
  }
}

function requireText(value: unknown): string {
  if (typeof value !== "string") {
    throw rejected("a key blob lacks a member of its header");
  }
  return value;
}

/** The error of every refusal of a blob. */
export function rejected(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("HsmBlobRejected", message, { cause });
}
