// SPDX-License-Identifier: Apache-2.0
/** Endorsements that came with evidence, and those that are configured, as one. */

import type { AmdEndorsements, DcapEndorsements } from "@strongroom/attestation";
import { sha256, toHex, utf8 } from "@strongroom/core";

/** AMD's. */
export function mergeAmd(all: readonly AmdEndorsements[]): AmdEndorsements {
  return {
    certificates: all.flatMap(({ certificates }) => certificates),
    crls: all.flatMap(({ crls }) => crls),
  };
}

/** Intel's. */
export function mergeDcap(one: DcapEndorsements, another: DcapEndorsements): DcapEndorsements {
  return {
    digest: toHex(sha256(utf8(JSON.stringify([one.digest, another.digest])))),
    certificates: [...one.certificates, ...another.certificates],
    revocationLists: [...one.revocationLists, ...another.revocationLists],
    tcbInfos: [...one.tcbInfos, ...another.tcbInfos],
    identities: [...one.identities, ...another.identities],
  };
}
