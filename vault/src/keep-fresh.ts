// SPDX-License-Identifier: Apache-2.0
/** A value that is loaded when it is first wanted and replaced when it is due, by one call at a time: others wait for the same. */

/** How it comes, and until when it is good. */
export interface Renewal<T> {
  readonly load: () => Promise<T>;
  readonly replace: () => Promise<T>;
  readonly isFresh: (value: T) => boolean;
}

/** Answers the value. What failed is tried again by who comes next. */
export function keepFresh<T>({ load, replace, isFresh }: Renewal<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  const begin = (work: () => Promise<T>): Promise<T> => {
    const begun = work();
    current = begun;
    begun.catch(() => {
      if (current === begun) {
        current = undefined;
      }
    });
    return begun;
  };
  return async () => {
    const known = current ?? begin(load);
    const value = await known;
    if (isFresh(value)) {
      return value;
    }
    return await (current === undefined || current === known ? begin(replace) : current);
  };
}
