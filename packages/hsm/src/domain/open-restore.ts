// SPDX-License-Identifier: Apache-2.0
/** The HSM host's side of a recovery: shares become domain keys again, if a quorum sent theirs. */

import type { KeyObject } from "node:crypto";
import { fromBase64url, SecretBytes, StrongroomError, sha256, toHex } from "@strongroom/core";
import { combine } from "shamir-secret-sharing";
import { type DomainGeneration, isAuthentic, shareLabel } from "./domain-file.ts";
import type { Restore } from "./restore-file.ts";
import { decryptOaep } from "./rsa-oaep.ts";

/** A generation and its domain key, which the caller disposes of. */
export interface OpenedGeneration {
  readonly generation: DomainGeneration;
  readonly domainKey: SecretBytes;
}

/**
 * The domain keys of every generation.
 *
 * @param exchangeKey The private half of the key that shares were encrypted to.
 * @throws {StrongroomError} `BadParameter` naming what is missing or wrong: too few shares, a domain that was changed.
 */
export async function openRestore(
  restore: Restore,
  exchangeKey: KeyObject,
): Promise<readonly OpenedGeneration[]> {
  const opened: OpenedGeneration[] = [];
  for (const generation of restore.domain) {
    const domainKey = await openGeneration(restore, generation, exchangeKey);
    opened.push({ generation, domainKey });
  }
  return opened;
}

async function openGeneration(
  restore: Restore,
  generation: DomainGeneration,
  exchangeKey: KeyObject,
): Promise<SecretBytes> {
  const shares = openShares(restore, generation, exchangeKey);
  const { number, required } = generation;
  if (shares.length < required) {
    const message = `${required} custodians must take part for generation ${number}, and ${shares.length} did`;
    throw new StrongroomError("BadParameter", message);
  }
  const domainKey = new SecretBytes(await combine(shares));
  shares.forEach((share) => void share.fill(0));
  if (!isAuthentic(generation, domainKey.reveal())) {
    domainKey[Symbol.dispose]();
    throw new StrongroomError("BadParameter", "the security domain was changed");
  }
  return domainKey;
}

// By digest, so that a share counts once however often it was sent.
function openShares(
  restore: Restore,
  generation: DomainGeneration,
  exchangeKey: KeyObject,
): Uint8Array[] {
  const label = shareLabel(generation);
  const known = new Set(generation.custodians.map(({ digest }) => digest));
  const shares = new Map<string, Uint8Array>();
  for (const each of restore.shares.filter((share) => share.generation === generation.number)) {
    const share = decryptOaep(exchangeKey, label, fromBase64url(each.share));
    const digest = share === undefined ? "" : toHex(sha256(share));
    if (share !== undefined && known.has(digest)) {
      // A Buffer is none of the Uint8Arrays that `combine` takes.
      shares.set(digest, new Uint8Array(share));
      share.fill(0);
    }
  }
  return [...shares.values()];
}
