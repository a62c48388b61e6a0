// SPDX-License-Identifier: Apache-2.0
/** Which fault is on. Instrumented sources ask here each time; what they ask for is what a test covers. */

/** More turns of all loops together than any test of ours needs with a fault that ends. */
const mostTurns = 20_000_000;

/** The switch of one process. */
export interface MutationSwitch {
  /** The fault that is on; -1 for none. */
  active: number;
  /** Faults that were asked for since it was last emptied. */
  asked: Set<number>;
  turns: number;
  readonly isOn: (id: number) => boolean;
  readonly turn: () => void;
}

/** Puts the switch where instrumented sources find it. */
export function installSwitch(): MutationSwitch {
  const state: MutationSwitch = {
    active: -1,
    asked: new Set(),
    turns: 0,
    isOn: (id) => {
      if (state.active < 0) {
        state.asked.add(id);
      }
      return id === state.active;
    },
    turn: () => {
      state.turns += 1;
      if (state.turns > mostTurns) {
        throw new RangeError("a loop without an end");
      }
    },
  };
  Object.assign(globalThis, { __mutation: state });
  return state;
}
