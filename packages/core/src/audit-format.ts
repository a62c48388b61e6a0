// SPDX-License-Identifier: Apache-2.0
/** The bytes of the audit log: leaves in Key Vault's AuditEvent shape, and the heads that sign them. */

import { concatBytes, fromUtf8, sha256, toHex, utf8 } from "./bytes.ts";
import { StrongroomError } from "./errors.ts";
import { canonicalJson, canonicalText, type JsonValue } from "./json/canonical-json.ts";
import { parseJson } from "./json/parse-json.ts";
import type { Hash } from "./merkle-tree.ts";

/** One decision, in the shape of Key Vault's AuditEvent record. Never a value, a token or a key. */
export interface AuditEvent {
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly category: "AuditEvent";
  /** Key Vault's name of the operation, `SecretGet`, or ours, `NodeAttest`. */
  readonly operationName: string;
  readonly resultType: "Success" | "Failure";
  /** Inner code of a refusal. */
  readonly resultSignature: string;
  readonly httpStatusCode: number;
  /** API version that the caller asked for. */
  readonly operationVersion?: string | undefined;
  /** Milliseconds from the request to its decision, without the network and the wait for the disk. */
  readonly durationMs?: number | undefined;
  readonly correlationId: string;
  readonly callerIpAddress: string;
  /** Who: kind of issuer, issuer, subject, and the pod and node that the token names. */
  readonly identity: { readonly [claim: string]: string };
  /** What: vault, object ids, policy and evidence digests, the claim that refused. */
  readonly properties: { readonly [name: string]: JsonValue };
}

/** One record write that a leaf vouches for. `previous` is the digest of the revision before, or empty. */
export interface AuditWrite {
  readonly scope: string;
  readonly record: string;
  readonly revision: number;
  readonly digest: string;
  readonly previous: string;
}

/** The size and root of a log at a time. */
export interface LogHead {
  /** Random id of the log, 32 hexadecimal characters; every process start opens a log of its own. */
  readonly log: string;
  readonly size: number;
  /** Root hash, 64 hexadecimal characters. */
  readonly root: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** A head with its signature: ES256 (r||s, 64 bytes) by the installation's head key, base64url. */
export interface SignedHead extends LogHead {
  readonly signature: string;
}

/** One leaf of a log. */
export interface AuditLeaf {
  readonly log: string;
  /** Place in the log, from 0. */
  readonly index: number;
  /** Which vault process wrote it. */
  readonly replica: string;
  /** Lease epoch of the writer. */
  readonly epoch: number;
  readonly event: AuditEvent;
  readonly writes: readonly AuditWrite[];
  /** One-time ids that the request used up; `expires` in milliseconds since the epoch. */
  readonly spent?: readonly { readonly id: string; readonly expires: number }[];
  /** First leaf of a log only: the heads of other logs that the process saw when it started. */
  readonly heads?: readonly LogHead[];
}

const leafVersion = 1;
const leafVersionCharacter = String.fromCharCode(leafVersion);
const headPrefix = utf8("strongroom/head/v1\0");

/** Bytes of a leaf, as they are stored and hashed. */
export function encodeLeaf(leaf: AuditLeaf): Uint8Array<ArrayBuffer> {
  return utf8(spellLeaf(leaf));
}

/** A leaf's bytes as text, of which they are the UTF-8. */
export function spellLeaf(leaf: AuditLeaf): string {
  const { epoch, event, heads, index, log, replica, spent, writes } = leaf;
  const inOrder = { epoch, event, heads, index, log, replica, spent, writes };
  return `${leafVersionCharacter}${canonicalText(inOrder as unknown as JsonValue)}`;
}

/** Leaf of stored bytes. @throws {StrongroomError} `StoreTampered` on an unknown version or no JSON. */
export function decodeLeaf(bytes: Uint8Array): AuditLeaf {
  if (bytes[0] !== leafVersion) {
    throw new StrongroomError("StoreTampered", "an audit leaf has an unknown format version");
  }
  try {
    return parseJson(fromUtf8(bytes.subarray(1))) as AuditLeaf;
  } catch (cause) {
    throw new StrongroomError("StoreTampered", "an audit leaf is not JSON", { cause });
  }
}

/** What a head's signature is over, as who verifies it has it: ES256 hashes it once. */
export function headMessage(head: LogHead): Uint8Array<ArrayBuffer> {
  const { log, root, size, time } = head;
  return concatBytes(headPrefix, canonicalJson({ log, root, size, time }));
}

/** SHA-256 of that, which is what the HSM signs. */
export function headDigest(head: LogHead): Uint8Array<ArrayBuffer> {
  return sha256(headMessage(head));
}

/** A head of a tree. */
export function toLogHead(log: string, size: number, root: Hash, time: Date): LogHead {
  return { log, size, root: toHex(root), time: time.getTime() };
}
