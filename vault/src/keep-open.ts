// SPDX-License-Identifier: Apache-2.0
/** Keeps one thing open, and opens it anew when it asks for that: after the keys that it remembered were destroyed. */

/** What is open now; disposing of it closes it for good. */
export interface KeptOpen<T> extends AsyncDisposable {
  /** Nothing between two of them. */
  readonly current: T | undefined;
  /** Rejects when one could not be opened anew. */
  readonly failed: Promise<never>;
}

/** Opens the first. @param open Gets what it calls to be replaced, as often as it likes */
export async function keepOpen<T extends AsyncDisposable>(
  open: (reopen: () => void) => Promise<T>,
): Promise<KeptOpen<T>> {
  const failed = Promise.withResolvers<never>();
  // Somebody may wait for it, and nobody must.
  failed.promise.catch(() => undefined);
  let current: T | undefined;
  let isClosed = false;
  let work = Promise.resolve();

  const openOne = async (): Promise<void> => {
    let isAsked = false;
    current = await open(() => {
      if (!isAsked) {
        isAsked = true;
        work = work.then(replace).catch(failed.reject);
      }
    });
  };
  const replace = async (): Promise<void> => {
    const before = current;
    current = undefined;
    await before?.[Symbol.asyncDispose]();
    if (!isClosed) {
      await openOne();
    }
  };

  await openOne();
  return {
    get current() {
      return current;
    },
    failed: failed.promise,
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      await work;
      await current?.[Symbol.asyncDispose]();
    },
  };
}
