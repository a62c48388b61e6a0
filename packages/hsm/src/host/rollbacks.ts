// SPDX-License-Identifier: Apache-2.0
/**
 * Accepted rollbacks: the one way in which anchored heads get lower.
 *
 * The statement's file on the token's volume is the decision. Before it is there, the old heads count; behind it, the new
 * ones do, and replacing the files of heads is repeated until it is done.
 */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  type Clock,
  canonicalJson,
  fromBase64url,
  fromUtf8,
  type HeadOfLog,
  headsDigest,
  type LogHead,
  parseJson,
  type RollbackStatement,
  StrongroomError,
  toBase64url,
  writeDurably,
} from "@strongroom/core";
import { z } from "zod";
import type { Anchor } from "./anchor.ts";

const head = z.strictObject({ log: z.string(), size: z.int().min(0), root: z.string() });

const schema = z.strictObject({
  statement: z.strictObject({
    epoch: z.int().min(1),
    id: z.string(),
    time: z.int(),
    givenUp: z.array(head).readonly(),
    taken: z.string(),
  }),
  signature: z.string(),
  /** What counts since, until it is anchored. */
  heads: z.array(head.extend({ time: z.int() })).readonly(),
  /** `decided`: heads are being replaced. `anchored`: they are. `recorded`: the audit log has the statement. */
  state: z.enum(["decided", "anchored", "recorded"]),
});

type Stored = z.infer<typeof schema>;

/** Heads that one statement gives up: it travels in one frame. */
const maxGivenUp = 6_000;

/** A rollback as it is asked for. */
export interface RollbackRequest {
  readonly id: string;
  readonly heads: readonly LogHead[];
  /** Signs the statement with the release root. */
  readonly sign: (statement: RollbackStatement) => Uint8Array;
}

/** A rollback that was accepted. */
export interface Accepted {
  readonly statement: RollbackStatement;
  readonly signature: Uint8Array;
  readonly recorded: boolean;
}

/** The rollbacks of a token's volume. */
export interface Rollbacks {
  /** One that is not in the audit log yet is made good by the next, which gives up what it gave up as well. */
  accept(request: RollbackRequest): Promise<Accepted>;
  last(): Accepted | undefined;
  recorded(): Promise<void>;
}

/** Opens them, and does what was decided. @throws {StrongroomError} `HsmRefused` if the file cannot be read. */
export async function openRollbacks(
  path: string,
  anchor: Anchor,
  clock: Pick<Clock, "now">,
): Promise<Rollbacks> {
  let stored = await readStored(path);
  let turn: Promise<unknown> = Promise.resolve();

  const keep = async (next: Stored): Promise<void> => {
    await writeDurably(path, fromUtf8(canonicalJson(next)), 0o600);
    stored = next;
  };
  const carryOut = async (decided: Stored): Promise<Stored> => {
    await anchor.replace(decided.heads);
    const anchored: Stored = { ...decided, heads: [], state: "anchored" };
    await keep(anchored);
    return anchored;
  };
  const accept = async ({ id, heads, sign }: RollbackRequest): Promise<Accepted> => {
    if (stored?.statement.id === id) {
      return toAccepted(stored);
    }
    const statement = {
      ...{ epoch: (stored?.statement.epoch ?? 0) + 1, id, time: clock.now().getTime() },
      ...{ givenUp: requireFew(givenUpBy(anchor, heads, stored)), taken: headsDigest(heads) },
    };
    const decided: Stored = {
      ...{ statement, signature: toBase64url(sign(statement)), heads, state: "decided" },
    };
    await keep(decided);
    return toAccepted(await carryOut(decided));
  };
  // One after the other: each looks at what the one before it left.
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return await result;
  };

  if (stored?.state === "decided") {
    await carryOut(stored);
  }
  return {
    accept: (request) => inTurn(() => accept(request)),
    last: () => (stored === undefined ? undefined : toAccepted(stored)),
    recorded: () =>
      inTurn(async () => {
        if (stored?.state === "anchored") {
          await keep({ ...stored, state: "recorded" });
        }
      }),
  };
}

// What an unrecorded rollback gave up is in no log: this one says it too.
function givenUpBy(
  anchor: Anchor,
  heads: readonly LogHead[],
  before: Stored | undefined,
): RollbackStatement["givenUp"] {
  const unrecorded = before?.state === "anchored" ? before.statement.givenUp : [];
  const given = new Map<string, HeadOfLog>();
  for (const { log, size, root } of [...unrecorded, ...anchor.list("", Number.POSITIVE_INFINITY)]) {
    given.set(nameOf({ log, size, root }), { log, size, root });
  }
  for (const head of heads) {
    given.delete(nameOf(head));
  }
  return [...given.values()];
}

function requireFew<T>(heads: readonly T[]): readonly T[] {
  if (heads.length > maxGivenUp) {
    throw new StrongroomError("BadParameter", `more than ${maxGivenUp} heads would be given up`);
  }
  return heads;
}

function nameOf({ log, size, root }: HeadOfLog): string {
  return `${log}/${size}/${root}`;
}

function toAccepted({ statement, signature, state }: Stored): Accepted {
  return { statement, signature: fromBase64url(signature), recorded: state === "recorded" };
}

async function readStored(path: string): Promise<Stored | undefined> {
  if (!existsSync(path)) {
    return undefined;
  }
  try {
    return schema.parse(parseJson(await readFile(path, "utf8")));
  } catch (cause) {
    throw new StrongroomError("HsmRefused", "the accepted rollback cannot be read", { cause });
  }
}
