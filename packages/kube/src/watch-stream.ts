// SPDX-License-Identifier: Apache-2.0
/** The lines of a watch. Kubernetes, "API concepts: efficient detection of changes". */

import type { IncomingMessage } from "node:http";
import { type Milliseconds, parseJson, StrongroomError } from "@strongroom/core";
import type { KubeObject } from "./kube-object.ts";

/** Characters of one line: the API server bounds an object at about 1.5 MiB. */
const maxLineLength = 8 * 1024 * 1024;

/** One line of a watch. `BOOKMARK` carries only a resource version, `ERROR` a Status with `code`. */
export interface WatchEvent<T extends KubeObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T & { readonly code?: number };
}

/**
 * Yields the events of a watch until the server closes it. A connection on which nothing comes for `idleMs` is taken
 * for dead: bookmarks come about every minute.
 */
export async function* readWatchEvents<T extends KubeObject>(
  response: IncomingMessage,
  idleMs: Milliseconds,
): AsyncGenerator<WatchEvent<T>> {
  response.setTimeout(idleMs, () => response.destroy(interrupted("the watch went silent")));
  try {
    for await (const line of readLines(response)) {
      yield parseEvent<T>(line);
    }
  } finally {
    response.destroy();
  }
}

async function* readLines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  response.setEncoding("utf8");
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxLineLength) {
      throw interrupted("a line of the watch is too long");
    }
    yield* lines.filter((line) => line !== "");
  }
}

function parseEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  try {
    return parseJson(line) as WatchEvent<T>;
  } catch (cause) {
    throw new StrongroomError("ApiServerUnavailable", "a line of the watch is not JSON", { cause });
  }
}

function interrupted(message: string): StrongroomError {
  return new StrongroomError("ApiServerUnavailable", message);
}
