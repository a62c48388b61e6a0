// SPDX-License-Identifier: Apache-2.0
/**
 * Reads several records in one go, and waits only for those that are not in memory.
 *
 * What is read follows from what was read before, so that each record would be waited for in turn, through every hand
 * that it passes: a decision would spend more on waiting for what is there than on deciding.
 */

import type { RecordKey } from "@strongroom/core";
import { nameOf } from "./finding.ts";
import type { RecordBody, RecordReader } from "./ledger.ts";

/** Answers a verified record, or nothing where there is none. */
export type Recall = (key: RecordKey) => RecordBody | undefined;

/** Thrown where a record has to be read first; no error, for an error would note where it was made, which takes longer. */
export class NotInMemory {
  readonly key: RecordKey;

  constructor(key: RecordKey) {
    this.key = key;
  }
}

/** Stops the work that asked for a record which is not in memory. */
export function stopFor(key: RecordKey): never {
  throw new NotInMemory(key);
}

/**
 * What `work` answers, or what stopped it. It does nothing but read and compute.
 *
 * @throws Whatever `work` throws besides.
 */
export function attempt<T>(recall: Recall, work: (recall: Recall) => T): T | NotInMemory {
  try {
    return work(recall);
  } catch (error) {
    if (!(error instanceof NotInMemory)) {
      throw error;
    }
    return error;
  }
}

/**
 * What `work` answers. It is begun again whenever it asks for a record that had to be fetched.
 *
 * @throws {StrongroomError} `StoreTampered`, as reading does, and whatever `work` throws.
 */
export async function readTogether<T>(
  reader: RecordReader,
  work: (recall: Recall) => T,
): Promise<T> {
  // Made when there is something in it: most decisions find all that they read in memory.
  let fetched: Map<string, RecordBody | undefined> | undefined;
  const recall: Recall = (key) => {
    const known = reader.recall(key);
    if (known !== undefined || fetched?.has(nameOf(key)) === true) {
      return known ?? fetched?.get(nameOf(key));
    }
    return stopFor(key);
  };
  for (;;) {
    const answer = attempt(recall, work);
    if (!(answer instanceof NotInMemory)) {
      return answer;
    }
    fetched ??= new Map();
    fetched.set(nameOf(answer.key), await reader.read(answer.key));
  }
}
