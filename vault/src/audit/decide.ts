// SPDX-License-Identifier: Apache-2.0
/** Runs one request as one decision: its checks, its writes and its audit leaf are durable together or not at all. */

import { errorTable, type JsonValue, StrongroomError } from "@strongroom/core";
import type { Ledger, LedgerTransaction, LedgerWork } from "../ledger/ledger.ts";
import type { Recall } from "../ledger/read-together.ts";
import { Refusal, type RequestContext, requestEvent } from "./event.ts";

/** What a decision granted, and what of it belongs into the audit log. */
export interface Granted<T> {
  readonly result: T;
  readonly properties?: { readonly [name: string]: JsonValue };
}

/** Who asks for what. */
interface Asked {
  readonly context: RequestContext;
  readonly operationName: string;
  /** What is asked for, known before the decision: recorded for refusals too. */
  readonly properties?: { readonly [name: string]: JsonValue };
}

/** A request to decide. */
export interface Decision<T> extends Asked {
  readonly work: (tx: LedgerTransaction) => Promise<Granted<T>>;
  /** The work is itself long: see `Ledger.commitBulk`. */
  readonly isBulk?: boolean;
}

/** A request to decide that writes nothing. */
export interface ReadingDecision<T> extends Asked {
  /** Nothing but reads and computes: see `readTogether`. */
  readonly read: (recall: Recall) => Granted<T>;
}

/** Commits the work and its leaf. A refusal is thrown once a leaf of its own is durable. */
export async function decide<T>(ledger: Ledger, decision: Decision<T>): Promise<T> {
  const commit = decision.isBulk === true ? ledger.commitBulk : ledger.commit;
  try {
    return (await commit(toWork(decision))).result;
  } catch (error) {
    return await recordRefusal(ledger, decision, error);
  }
}

/** As `decide`, for what writes nothing. */
export async function decideReading<T>(ledger: Ledger, decision: ReadingDecision<T>): Promise<T> {
  try {
    const reading = (recall: Recall) => toLeaf(decision, decision.read(recall));
    return (await ledger.commitReading(reading)).result;
  } catch (error) {
    return await recordRefusal(ledger, decision, error);
  }
}

/** As `decide`, and the answer carries a signed head that covers the leaf: for releases. */
export async function decideWithHead<T>(ledger: Ledger, decision: Decision<T>) {
  try {
    return await ledger.commitWithHead(toWork(decision));
  } catch (error) {
    return await recordRefusal(ledger, decision, error);
  }
}

/** Records a refusal that takes no work to decide, and throws it. */
export async function refuse(
  ledger: Ledger,
  request: Pick<Decision<never>, "context" | "operationName">,
  refusal: StrongroomError,
): Promise<never> {
  return await decide<never>(ledger, { ...request, work: () => Promise.reject(refusal) });
}

/** Records that what was granted could not be handed out after all: its leaf says granted, and this one that it was not. */
export async function recordUndone(
  ledger: Ledger,
  { context, operationName, properties }: Omit<Decision<never>, "work">,
  error: unknown,
): Promise<void> {
  const code = error instanceof StrongroomError ? error.code : "Internal";
  const event = requestEvent(context, {
    operationName,
    httpStatusCode: errorTable[code].http,
    resultSignature: code,
    ...(properties && { properties }),
  });
  await ledger.commit(async () => ({ event, result: undefined }));
}

function toWork<T>(decision: Decision<T>): LedgerWork<T> {
  return async (tx) => toLeaf(decision, await decision.work(tx));
}

function toLeaf<T>(asked: Asked, { result, properties }: Granted<T>) {
  const event = requestEvent(asked.context, {
    operationName: asked.operationName,
    httpStatusCode: 200,
    properties: { ...asked.properties, ...properties },
  });
  return { event, result };
}

// The work's own transaction is rolled back by then, so the refusal has a leaf of its own and no write with it.
async function recordRefusal(ledger: Ledger, asked: Asked, error: unknown): Promise<never> {
  if (isRefusal(error)) {
    const event = requestEvent(asked.context, {
      operationName: asked.operationName,
      httpStatusCode: errorTable[error.code].http,
      resultSignature: error.code,
      properties: { ...asked.properties, ...(error instanceof Refusal ? error.details : {}) },
    });
    await ledger.commit(async () => ({ event, result: undefined }));
  }
  throw error;
}

// A refusal is a decision whatever its status: 503 says that the same request may be granted later.
function isRefusal(error: unknown): error is StrongroomError {
  return (
    error instanceof Refusal ||
    (error instanceof StrongroomError && errorTable[error.code].http < 500)
  );
}
