// SPDX-License-Identifier: Apache-2.0
/**
 * What custodians send to a new HSM: the domain, and their shares encrypted to the HSM's exchange key.
 *
 * Bytes: 0x01 || canonical JSON. Each custodian may add a share on a machine of their own; the domain key itself comes
 * to be in the HSM host only.
 */

import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import {
  canonicalJson,
  concatBytes,
  equalBytes,
  fromBase64url,
  fromHex,
  fromUtf8,
  parseJson,
  StrongroomError,
  sha256,
  toBase64url,
  toHex,
} from "@strongroom/core";
import { z } from "zod";
import { keyDigest, requireRsa } from "./custodians.ts";
import {
  type CustodianShare,
  type Domain,
  type DomainGeneration,
  decodeDomain,
  encodeDomain,
  shareLabel,
} from "./domain-file.ts";
import { maxRestoreBytes, mostCustodians } from "./limits.ts";
import { decryptOaep, encryptOaep } from "./rsa-oaep.ts";

const formatVersion = 1;
const format = "strongroom/domain-restore/v1";
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const restoredShare = z.strictObject({
  generation: z.int().min(1),
  /** Digest of the share, as the domain has it. */
  digest,
  /** The share, encrypted to the exchange key. */
  share: z.string().max(2048),
});

const schema = z.strictObject({
  format: z.literal(format),
  domain: z.string(),
  /** Digest of the exchange key. */
  exchangeKey: digest,
  shares: z.array(restoredShare).max(8 * mostCustodians),
});

/** One share on its way. */
export type RestoredShare = Readonly<z.infer<typeof restoredShare>>;

/** A domain with the shares that were added so far. */
export interface Restore {
  readonly domain: Domain;
  readonly exchangeKey: string;
  readonly shares: readonly RestoredShare[];
}

/** Bytes of a restore file. */
export function encodeRestore({ domain, exchangeKey, shares }: Restore): Uint8Array {
  const encoded = toBase64url(encodeDomain(domain));
  const body = {
    format,
    domain: encoded,
    exchangeKey,
    shares: shares.map((each) => ({ ...each })),
  };
  return concatBytes(new Uint8Array([formatVersion]), canonicalJson(body));
}

/** @throws {StrongroomError} `BadParameter` if the bytes are no restore file. */
export function decodeRestore(encoded: Uint8Array): Restore {
  if (encoded.length > maxRestoreBytes || encoded[0] !== formatVersion) {
    throw new StrongroomError("BadParameter", "this is no restore file of a known version");
  }
  try {
    const { domain, exchangeKey, shares } = schema.parse(parseJson(fromUtf8(encoded.subarray(1))));
    return { domain: decodeDomain(fromBase64url(domain)), exchangeKey, shares };
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the restore file cannot be read", { cause });
  }
}

/** A restore file without shares. @throws {StrongroomError} `BadParameter` if the exchange key is none. */
export function startRestore(domain: Domain, exchangeKey: KeyObject): Restore {
  requireRsa(exchangeKey, "the exchange key");
  return { domain, exchangeKey: keyDigest(exchangeKey), shares: [] };
}

/** A custodian's private key, PEM. @throws {StrongroomError} `BadParameter` if it does not open. */
export function openCustodianKey(pem: string, passphrase?: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem", ...(passphrase && { passphrase }) });
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the custodian's key does not open", { cause });
  }
}

/**
 * Adds a custodian's shares, one for each generation, encrypted anew to the exchange key.
 *
 * @throws {StrongroomError} `BadParameter` if the exchange key is another, or the domain has no share for this key.
 */
export function addShares(restore: Restore, exchangeKey: KeyObject, custodian: KeyObject): Restore {
  if (keyDigest(exchangeKey) !== restore.exchangeKey) {
    throw new StrongroomError("BadParameter", "the restore file is for another exchange key");
  }
  const owner = keyDigest(createPublicKey(custodian));
  const added = restore.domain.flatMap((generation) =>
    generation.custodians
      .filter((entry) => keyDigest(new X509Certificate(entry.certificate).publicKey) === owner)
      .map((entry) => reencrypt(generation, entry, custodian, exchangeKey)),
  );
  if (added.length === 0) {
    throw new StrongroomError("BadParameter", "the security domain has no share for this key");
  }
  const known = new Set(restore.shares.map((share) => share.digest));
  return {
    ...restore,
    shares: [...restore.shares, ...added.filter((share) => !known.has(share.digest))],
  };
}

function reencrypt(
  generation: DomainGeneration,
  entry: CustodianShare,
  custodian: KeyObject,
  exchangeKey: KeyObject,
): RestoredShare {
  const label = shareLabel(generation);
  const share = decryptOaep(custodian, label, entry.share);
  if (share === undefined || !equalBytes(sha256(share), fromHex(entry.digest))) {
    throw new StrongroomError("BadParameter", "the share of this key is damaged");
  }
  try {
    const sealed = toBase64url(encryptOaep(exchangeKey, label, share));
    return { generation: generation.number, digest: toHex(sha256(share)), share: sealed };
  } finally {
    share.fill(0);
  }
}
