// SPDX-License-Identifier: Apache-2.0
/** The exchange of stores, as it outlives each of them: asked for over one, carried out between two, answered over the next. */

import type { StagedStore } from "./stage-restore.ts";

/** A store that is to be replaced. */
export interface Exchange {
  readonly staged: StagedStore;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** Asks for the exchange, and is asked what to exchange. */
export interface Restores {
  /** Has the staged store take the present one's place; resolves when it is served. Rejects if the old one stays. */
  replace(staged: StagedStore, reopen: () => void): Promise<void>;
  /** What is to be exchanged now; asked for once, while no store is open. */
  take(): Exchange | undefined;
}

/** The one holder of what is asked for. */
export function createRestores(): Restores {
  let asked: Exchange | undefined;
  return {
    replace: async (staged, reopen) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      asked = { staged, done: resolve, fail: reject };
      reopen();
      await promise;
    },
    take: () => {
      const exchange = asked;
      asked = undefined;
      return exchange;
    },
  };
}
