// SPDX-License-Identifier: Apache-2.0
/** Runs tasks one after the other, in the order in which they came. */

/** Runs one task when all before it have ended, however they ended. */
export type Serial = <T>(task: () => Promise<T>) => Promise<T>;

/** A queue of its own. */
export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => undefined);
    return result;
  };
}
