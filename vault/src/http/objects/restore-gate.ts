// SPDX-License-Identifier: Apache-2.0
/** Lets a restore's body in: only of a caller who may restore, and only two at a time, as the bodies are large. */

import { isStrongroomError, StrongroomError } from "@strongroom/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../../audit/decide.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { restoresAtATime } from "../../objects/limits.ts";
import { requireAccess } from "../../vaults/access.ts";
import type { VaultRequest } from "../request-context.ts";
import type { ObjectFace } from "./object-face.ts";

/** Counts restores. */
export interface RestoreGate {
  /** Takes a place, or answers nothing where all are taken; the answer gives it back. */
  enter(): (() => void) | undefined;
}

/** A gate with as many places as restores may run at a time. */
export function createRestoreGate(): RestoreGate {
  let taken = 0;
  return {
    enter: () => {
      if (taken >= restoresAtATime) {
        return undefined;
      }
      taken += 1;
      return () => {
        taken -= 1;
      };
    },
  };
}

const calls = new WeakMap<FastifyRequest, VaultRequest>();

/** The call of a request that was let in. */
export function admitted(request: FastifyRequest): VaultRequest {
  const call = calls.get(request);
  if (call === undefined) {
    throw new StrongroomError("Internal", "a restore was not let in");
  }
  return call;
}

/**
 * Runs before the body is read. @throws {Refusal} `Forbidden` of a caller who may restore nothing;
 * @throws {StrongroomError} `TooManyRequests` while others restore.
 */
export async function admitRestore<Own extends object>(
  { ledger, restoreGate }: { readonly ledger: Ledger; readonly restoreGate: RestoreGate },
  call: VaultRequest,
  { type, actions }: ObjectFace<Own>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<void> {
  const { vault, context } = call;
  const question = { action: actions.restore, via: "api" } as const;
  try {
    await requireAccess(ledger, vault, context.caller, question);
  } catch (error) {
    if (isStrongroomError(error, "Forbidden")) {
      return await refuse(ledger, { context, operationName: `${type.noun}Restore` }, error);
    }
    throw error;
  }
  const leave = restoreGate.enter();
  if (leave === undefined) {
    throw new StrongroomError("TooManyRequests", "other restores are running; try again");
  }
  reply.raw.once("close", leave);
  calls.set(request, call);
}
