// SPDX-License-Identifier: Apache-2.0
/** Makes a domain's entry: splits the domain key, encrypts each share to its custodian, authenticates the whole. */

import { SecretBytes, sha256, toHex } from "@strongroom/core";
import { split } from "shamir-secret-sharing";
import type { Quorum } from "./custodians.ts";
import { type DomainGeneration, macOf, shareLabel } from "./domain-file.ts";
import { encryptOaep } from "./rsa-oaep.ts";

/** The keys of a generation, wrapped by its domain key. */
export type WrappedGeneration = Pick<DomainGeneration, "number" | "kekIds" | "wrapped">;

/** The entry of `keys` for a quorum. The caller wipes `domainKey`. */
export async function sealGeneration(
  keys: WrappedGeneration,
  { custodians, required }: Quorum,
  domainKey: Uint8Array,
): Promise<DomainGeneration> {
  // A Buffer is none of its Uint8Arrays.
  using secret = new SecretBytes(new Uint8Array(domainKey));
  const shares = await split(secret.reveal(), custodians.length, required);
  const label = shareLabel(keys);
  const sealed = custodians.map(({ certificate, publicKey }, index) => {
    const share = shares[index] ?? new Uint8Array();
    const digest = toHex(sha256(share));
    const encrypted = encryptOaep(publicKey, label, share);
    share.fill(0);
    return { certificate, digest, share: encrypted };
  });
  const entry = { ...keys, required, custodians: sealed };
  return { ...entry, mac: macOf(entry, domainKey) };
}
