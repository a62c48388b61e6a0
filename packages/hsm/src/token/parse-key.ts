// SPDX-License-Identifier: Apache-2.0
/**
 * Reading keys with OpenSSL beside a PKCS#11 module.
 *
 * node exports its OpenSSL's functions, and a module that wants the same library (SoftHSM does) gets node's: the two share
 * one queue of errors in each thread. node takes an error that the module left there for one of its own and refuses a key
 * that is right. So the queue is emptied first: by reading what is no key, after which node leaves it empty.
 */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { toBuffer } from "./attributes.ts";

const noKey = Buffer.from([0x30, 0x00]);

function emptyErrorQueue(): void {
  try {
    createPublicKey({ key: noKey, format: "der", type: "spki" });
  } catch {
    // As it must.
  }
}

/** The key of PKCS #8 (DER). @throws OpenSSL's error, which may quote what it read. */
export function parsePkcs8(bytes: Uint8Array): KeyObject {
  emptyErrorQueue();
  return createPrivateKey({ key: toBuffer(bytes), format: "der", type: "pkcs8" });
}

/** The key of SubjectPublicKeyInfo (DER). @throws OpenSSL's error. */
export function parseSpki(bytes: Uint8Array): KeyObject {
  emptyErrorQueue();
  return createPublicKey({ key: toBuffer(bytes), format: "der", type: "spki" });
}
