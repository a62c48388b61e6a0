// SPDX-License-Identifier: Apache-2.0
/**
 * The key that values for Git are sealed to: one RSA-3072 key for each vault, in the HSM, for unwrapping alone.
 *
 * RSA and not ECDH, because the HSM's verbs hand out no shared secrets. RFC 7518 section 4.3.
 */

import { createHash, createPublicKey } from "node:crypto";
import { type SealingKey, sealingKeySchema } from "@strongroom/api";
import { fromBase64url, StrongroomError, toBase64url, utf8 } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { readRecord } from "../vaults/vault-record.ts";

const keyId = "sealing-1";
const recordSchema = z.object({ blob: z.string(), key: sealingKeySchema });

/** A vault's sealing key: the blob, and the public half. */
export type SealingKeyRecord = z.infer<typeof recordSchema>;

const recordKey = (vaultUid: string) => ({ scope: vaultUid, id: "key/sealing" });

/** The vault's key, if it has one. */
export async function readSealingKey(
  reader: RecordReader,
  vaultUid: string,
): Promise<SealingKeyRecord | undefined> {
  return await readRecord(reader, recordKey(vaultUid), recordSchema);
}

/** Makes a key in the HSM; it is nobody's until it is written. Takes up to seconds. */
export async function makeSealingKey(
  hsm: Pick<HsmClient, "generateKey">,
  vaultUid: string,
): Promise<SealingKeyRecord> {
  const place = { scope: vaultUid, keyId };
  const made = await hsm.generateKey({
    ...{ ...place, type: "rsa-3072", operations: ["unwrapKey"], class: "N" },
  });
  return { blob: toBase64url(made.blob), key: toJwk(made.publicKey) };
}

/** Writes the key, unless somebody was faster; answers the vault's. */
export async function writeSealingKey(
  tx: LedgerTransaction,
  vaultUid: string,
  made: SealingKeyRecord,
): Promise<SealingKeyRecord> {
  const known = await readSealingKey(tx, vaultUid);
  if (known === undefined) {
    await tx.put(recordKey(vaultUid), made);
  }
  return known ?? made;
}

/** The content encryption key of a sealed value, which the caller wipes. @throws {StrongroomError} `BadParameter` */
export async function unwrapContentKey(
  hsm: Pick<HsmClient, "unwrap">,
  vaultUid: string,
  { blob }: SealingKeyRecord,
  encryptedKey: Uint8Array,
): Promise<Uint8Array> {
  const place = { scope: vaultUid, keyId };
  return await hsm.unwrap(fromBase64url(blob), "RSA-OAEP-256", encryptedKey, place);
}

function toJwk(spki: Uint8Array): SealingKey {
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  const { n, e } = key.export({ format: "jwk" });
  if (n === undefined || e === undefined) {
    throw new StrongroomError("Internal", "the sealing key is no RSA key");
  }
  // RFC 7638 section 3.1: the required members in this order and nothing else.
  const kid = createHash("sha256")
    .update(utf8(JSON.stringify({ e, kty: "RSA", n })))
    .digest();
  return { kty: "RSA", n, e, alg: "RSA-OAEP-256", use: "enc", kid: toBase64url(kid) };
}
