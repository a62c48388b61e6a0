// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints: how far the logs had been verified and what the records were, so that a start replays only what came later.
 *
 * bytes = 0x01 || canonical JSON || MAC (32): HMAC-SHA-256 under the record MAC key of the installation. It vouches for
 * what a vault process has verified; that it is not too old, the anchored heads say, which lie behind it.
 */

import { createHmac } from "node:crypto";
import {
  canonicalJson,
  concatBytes,
  equalBytes,
  fromHex,
  fromUtf8,
  type Hash,
  parseJson,
  utf8,
} from "@strongroom/core";
import { z } from "zod";

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const schema = z.strictObject({
  /** Logs that nobody writes any more. */
  closed: z.array(z.strictObject({ log: z.string(), size: z.int().min(1), root: hex })),
  /** The log of the process that wrote the checkpoint, with the roots of the complete subtrees that it consists of. */
  open: z.strictObject({
    log: z.string(),
    size: z.int().min(1),
    root: hex,
    frontier: z.array(hex),
  }),
  /** `StateDigest` of all records. */
  state: hex,
  /** Used one-time ids that had not expired. */
  spent: z.array(z.strictObject({ id: z.string(), expires: z.number() })),
});

/** What a checkpoint says; hashes in hexadecimal. */
export type Checkpoint = z.infer<typeof schema>;

const version = 1;
const macLength = 32;
const macPrefix = utf8("strongroom/checkpoint/v1\0");

/** Bytes of a checkpoint. */
export function encodeCheckpoint(macKey: Uint8Array, checkpoint: Checkpoint): Uint8Array {
  const body = concatBytes(new Uint8Array([version]), canonicalJson(checkpoint));
  return concatBytes(body, macOf(macKey, body));
}

/** The checkpoint of stored bytes; nothing where they are not one that this installation made. */
export function decodeCheckpoint(macKey: Uint8Array, bytes: Uint8Array): Checkpoint | undefined {
  const body = bytes.subarray(0, Math.max(0, bytes.length - macLength));
  if (!equalBytes(bytes.subarray(body.length), macOf(macKey, body)) || body[0] !== version) {
    return undefined;
  }
  return schema.parse(parseJson(fromUtf8(body.subarray(1))));
}

/** Hashes of a frontier. */
export function frontierOf({ open }: Checkpoint): readonly Hash[] {
  return open.frontier.map(fromHex);
}

function macOf(macKey: Uint8Array, body: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha256", macKey).update(macPrefix).update(body).digest());
}
