// SPDX-License-Identifier: Apache-2.0
/**
 * The anchor: the highest head of each audit log, on the token's volume, where the store's owner cannot roll it back.
 *
 * One process holds a volume's anchor, as one holds its token.
 */

import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  canonicalJson,
  fromHex,
  fromUtf8,
  type LogHead,
  parseJson,
  StrongroomError,
  syncPath,
  temporaryEnding,
  verifyConsistency,
  writeDurably,
} from "@strongroom/core";

const fileEnding = ".json";

/** The heads that this host vouches for. */
export interface Anchor {
  /**
   * Raises the anchor of the head's log; when it returns, the head is durable.
   *
   * @param proof Consistency proof from the anchored size; empty for the first head of a log.
   * @throws {StrongroomError} `HeadRollback` if the head does not extend the anchored one.
   */
  extend(head: LogHead, proof: readonly Uint8Array[]): Promise<void>;
  /** Anchored heads in the order of their logs' ids, after `after`. */
  list(after: string, limit: number): readonly LogHead[];
  /**
   * Puts these heads in the place of all others; begun again after a crash, it does the rest. For an accepted rollback
   * alone: a log that is given up gets no head any more, whoever still has it.
   */
  replace(heads: readonly LogHead[]): Promise<void>;
}

/** @throws {StrongroomError} `HsmRefused` if a file in `folder` is no head: better no anchor than a wrong one. */
export async function openAnchor(folder: string): Promise<Anchor> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncPath(join(folder, ".."));
  const heads = await readHeads(folder);
  // Writers of one log take turns: each must see the head that the one before it left.
  const turns = new Map<string, Promise<void>>();
  const givenUp = new Set<string>();
  let replaced: Promise<void> = Promise.resolve();

  async function extendInTurn(head: LogHead, proof: readonly Uint8Array[]): Promise<void> {
    if (givenUp.has(head.log)) {
      throw new StrongroomError("HeadRollback", "the head is of a log that was given up");
    }
    const anchored = heads.get(head.log);
    if (anchored !== undefined) {
      requireExtension(anchored, head, proof);
    }
    if (anchored?.size !== head.size) {
      await write(head);
    }
  }

  async function replaceAll(next: readonly LogHead[]): Promise<void> {
    const kept = new Set(next.map(({ log }) => log));
    for (const log of [...heads.keys()].filter((each) => !kept.has(each))) {
      await rm(join(folder, log + fileEnding), { force: true });
      heads.delete(log);
      givenUp.add(log);
    }
    for (const head of next) {
      await write(head);
    }
    await syncPath(folder);
  }

  async function write(head: LogHead): Promise<void> {
    const path = join(folder, head.log + fileEnding);
    await writeDurably(path, fromUtf8(canonicalJson({ ...head })), 0o600);
    heads.set(head.log, head);
  }

  return {
    replace: async (next) => {
      const before = [replaced, ...turns.values()];
      const turn = Promise.all(before).then(() => replaceAll(next));
      replaced = turn.catch(() => undefined);
      turns.clear();
      await turn;
    },
    extend: async (head, proof) => {
      const before = turns.get(head.log) ?? replaced;
      const turn = before.then(() => extendInTurn(head, proof));
      const settled = turn.catch(() => undefined);
      turns.set(head.log, settled);
      try {
        await turn;
      } finally {
        if (turns.get(head.log) === settled) {
          turns.delete(head.log);
        }
      }
    },
    list: (after, limit) =>
      [...heads.keys()]
        .filter((log) => log > after)
        .sort()
        .slice(0, limit)
        .flatMap((log) => heads.get(log) ?? []),
  };
}

function requireExtension(anchored: LogHead, head: LogHead, proof: readonly Uint8Array[]): void {
  const extended =
    head.size >= anchored.size &&
    verifyConsistency({
      oldSize: anchored.size,
      oldRoot: fromHex(anchored.root),
      newSize: head.size,
      newRoot: fromHex(head.root),
      proof,
    });
  if (!extended) {
    const message = "the head does not extend the head of this log that was signed before";
    throw new StrongroomError("HeadRollback", message);
  }
}

async function readHeads(folder: string): Promise<Map<string, LogHead>> {
  const heads = new Map<string, LogHead>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.endsWith(temporaryEnding)) {
      await rm(path);
    } else {
      const head = parseHead(await readFile(path, "utf8"), name);
      heads.set(head.log, head);
    }
  }
  return heads;
}

function parseHead(text: string, fileName: string): LogHead {
  try {
    const { log, root, size, time } = requireHead(parseJson(text) as LogHead);
    if (fileName === log + fileEnding) {
      return { log, root, size, time };
    }
  } catch (cause) {
    throw new StrongroomError("HsmRefused", "an anchored head cannot be read", { cause });
  }
  throw new StrongroomError("HsmRefused", "an anchored head has another log's file name");
}

/** @throws {StrongroomError} `BadParameter` unless the members have the form of a head's. */
export function requireHead(head: LogHead): LogHead {
  const { log, root, size, time } = head;
  const whole = [size, time].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!/^[0-9a-f]{32}$/.test(log) || !/^[0-9a-f]{64}$/.test(root) || !whole) {
    throw new StrongroomError("BadParameter", "a head has members of another form");
  }
  return head;
}
