// SPDX-License-Identifier: Apache-2.0
/** What a token computes beyond what it must: every answer is compared with OpenSSL's or a published vector's. */

import { type Computable, type ComputableSet, tryAll } from "./computable.ts";
import type { Session } from "./primitives.ts";
import { aesProbes } from "./probe-aes.ts";
import { ecProbes, macProbes } from "./probe-ec.ts";
import { rsaProbes } from "./probe-rsa.ts";

/** Asks the token for everything; some 30 ms with SoftHSM. */
export function probeToken(session: Session, keyWrap: number): ComputableSet {
  const probes = [
    ...ecProbes(session),
    ...macProbes(session),
    ...aesProbes(session, keyWrap),
    ...rsaProbes(session, keyWrap),
  ];
  return new Set<Computable>(tryAll(probes));
}
