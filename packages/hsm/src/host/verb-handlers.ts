// SPDX-License-Identifier: Apache-2.0
/** What each verb of the protocol does: checks what it is asked with, and asks the token. */

import { fromHex, headDigest } from "@strongroom/core";
import { generateDataKey, openDataKey, subkey } from "../token/data-keys.ts";
import type { KeyOperation } from "../token/key-profiles.ts";
import { randomBytes } from "../token/primitives.ts";
import { sign } from "../token/signatures.ts";
import {
  headsPerPage,
  maxDerivationBytes,
  maxProofHashes,
  maxRandomBytes,
} from "../wire/limits.ts";
import type { VerbRequests, VerbResults, WireStatus } from "../wire/verb-messages.ts";
import type { Anchor } from "./anchor.ts";
import { createDomainHandlers, type DomainHandlerDeps } from "./domain-handlers.ts";
import type { VerbHandlers } from "./handlers.ts";
import type { HostedToken } from "./hosted-token.ts";
import { createKeyHandlers } from "./key-handlers.ts";
import { requireParameter, requirePlace, toHead, toKeyUse } from "./parameters.ts";
import { createRollbackHandlers } from "./rollback-handlers.ts";
import type { Rollbacks } from "./rollbacks.ts";
import type { SlowLane } from "./slow-lane.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** What the handlers need. */
export interface VerbHandlerDeps extends DomainHandlerDeps {
  readonly lane: SlowLane;
  readonly rollbacks: Rollbacks;
}

/** Verbs over a token, an anchor, and the token's ceremonies. */
export function createVerbHandlers(anchor: Anchor, deps: VerbHandlerDeps): VerbHandlers {
  const { keeper, lane, rollbacks } = deps;
  return {
    ...createKeyHandlers(keeper, lane),
    ...createDomainHandlers(deps),
    ...createRollbackHandlers(keeper, rollbacks),
    status: () => keeper.use(statusOf),
    random: ({ bytes }) => {
      requireParameter(bytes >= 1 && bytes <= maxRandomBytes, "random takes 1 to 1024 bytes");
      return keeper.use((token) => ({ bytes: randomBytes(token, bytes) }));
    },
    generateDataKey: ({ scope, keyId, operations }) => {
      const place = requirePlace({ scope, keyId });
      const spec = { ...place, operations: operations as readonly KeyOperation[] };
      return keeper.use((token) => ({ bytes: generateDataKey(token, spec) }));
    },
    openDataKey: (payload) => {
      const use = toKeyUse(payload, "open");
      return keeper.use((token) => ({ bytes: openDataKey(token, use) }));
    },
    subkey: (payload) => {
      const { label, context } = payload;
      const short = Math.max(label.length, context.length) <= maxDerivationBytes;
      requireParameter(short && label !== "", "label and context have 1 to 4096 bytes");
      const use = toKeyUse(payload, "subkey");
      return keeper.use((token) => ({ bytes: subkey(token, use, { label, context }) }));
    },
    signHead: (payload) => signHead(keeper, anchor, payload),
    heads: ({ after }) => keeper.use(() => listHeads(anchor, after)),
  };
}

// The signature comes first and leaves last: a blob that is no head key anchors nothing, and no signature is given out
// before its head is durable.
async function signHead(
  keeper: TokenKeeper,
  anchor: Anchor,
  payload: VerbRequests["signHead"],
): Promise<VerbResults["signHead"]> {
  const proof = payload.consistency;
  const bounded = proof.length <= maxProofHashes && proof.every((hash) => hash.length === 32);
  requireParameter(bounded, "a consistency proof has at most 128 hashes of 32 bytes");
  const head = toHead(payload.head);
  const use = toKeyUse(payload, "signHead");
  // A copy: the next signature comes before the anchor is durable.
  const bytes = keeper.use((token) => new Uint8Array(sign(token, use, "ES256", headDigest(head))));
  await anchor.extend(head, proof);
  return { bytes };
}

function listHeads(anchor: Anchor, after: string): VerbResults["heads"] {
  const heads = anchor.list(after, headsPerPage + 1);
  const page = heads.slice(0, headsPerPage);
  return {
    heads: page.map((head) => ({ ...head, root: fromHex(head.root) })),
    more: heads.length > page.length,
  };
}

/** What the token is, for the verb and for the welcome. */
export function statusOf(token: HostedToken): WireStatus {
  return {
    initialised: true,
    domain: token.domain === undefined ? "none" : "active",
    enforcedBy: token.enforcedBy,
    kekIds: token.kekIds,
    token: token.identity,
    generations: token.generations.map(({ kekIds }) => kekIds),
  };
}
