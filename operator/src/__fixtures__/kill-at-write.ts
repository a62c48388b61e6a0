// SPDX-License-Identifier: Apache-2.0
/** Ends a term at one of its writes, as a crash would. */

import type { TermFaults } from "./operator-world.ts";

const writes = {
  kube: ["create", "apply", "merge", "replace", "remove"],
  manage: ["putVault", "putPolicy", "putSecret", "putKey", "putCertificate"],
} as const;

/** Kills the process at its write `fatal`: an even one is lost, an odd one lands and only its answer is lost. */
export function killAtWrite(fatal: number): {
  readonly faults: TermFaults;
  readonly count: () => number;
} {
  let count = 0;
  const attempt = async (write: () => Promise<unknown>, die: () => void): Promise<unknown> => {
    count += count < fatal ? 1 : 0;
    if (count < fatal) {
      return await write();
    }
    if (fatal % 2 === 1) {
      await write();
    }
    die();
    throw new Error("the process is dead");
  };
  const wrap = <T extends object>(target: T, names: readonly string[], die: () => void): T =>
    new Proxy(target, {
      get: (from, name) => {
        const method = Reflect.get(from, name) as (...args: unknown[]) => Promise<unknown>;
        return names.includes(String(name))
          ? (...args: unknown[]) => attempt(() => method(...args), die)
          : method;
      },
    });
  const faults: TermFaults = {
    kube: (kube, die) => wrap(kube, writes.kube, die),
    manage: (manage, die) => wrap(manage, writes.manage, die),
  };
  return { faults, count: () => count };
}
