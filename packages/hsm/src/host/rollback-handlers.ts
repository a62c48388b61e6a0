// SPDX-License-Identifier: Apache-2.0
/** The verbs over rollbacks: the release root's key is the one whose blob says so, and it signs before anything changes. */

import { canonicalJson, rollbackDigest } from "@strongroom/core";
import { sign } from "../token/signatures.ts";
import { maxRollbackHeads } from "../wire/limits.ts";
import type { WireRollback } from "../wire/verb-messages.ts";
import type { VerbHandlers } from "./handlers.ts";
import { requireParameter, toHead, toKeyUse } from "./parameters.ts";
import type { Accepted, Rollbacks } from "./rollbacks.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** Where the release root belongs, in every installation. */
const releaseRoot = { scope: "installation", keyId: "release-root" } as const;

/** Handlers of these verbs. */
export function createRollbackHandlers(
  keeper: TokenKeeper,
  rollbacks: Rollbacks,
): Pick<VerbHandlers, "acceptRollback" | "rollback" | "rollbackRecorded"> {
  return {
    acceptRollback: async ({ blob, id, heads }) => {
      requireParameter(/^[0-9a-f]{32}$/.test(id), "the id of a restore has 32 hexadecimal digits");
      requireParameter(
        heads.length >= 1 && heads.length <= maxRollbackHeads,
        `a rollback goes back to 1 to ${maxRollbackHeads} heads`,
      );
      const next = heads.map(toHead);
      const logs = new Set(next.map(({ log }) => log));
      requireParameter(logs.size === next.length, "each log has one head");
      const use = toKeyUse({ blob: new Uint8Array(blob), place: releaseRoot }, "sign");
      // A copy: the next signature comes into the same memory.
      const accepted = await rollbacks.accept({
        id,
        heads: next,
        sign: (statement) =>
          keeper.use(
            (token) => new Uint8Array(sign(token, use, "ES256", rollbackDigest(statement))),
          ),
      });
      return toWire(accepted);
    },
    rollback: () => toWire(rollbacks.last()),
    rollbackRecorded: async () => {
      await rollbacks.recorded();
      return {};
    },
  };
}

function toWire(accepted: Accepted | undefined): WireRollback {
  if (accepted === undefined) {
    return { statement: new Uint8Array(), signature: new Uint8Array(), recorded: false };
  }
  const { statement, signature, recorded } = accepted;
  const { epoch, id, time, givenUp, taken } = statement;
  const heads = givenUp.map(({ log, size, root }) => ({ log, size, root }));
  return {
    statement: canonicalJson({ epoch, id, time, givenUp: heads, taken }),
    signature: new Uint8Array(signature),
    recorded,
  };
}
