// SPDX-License-Identifier: Apache-2.0
/** Measures several pieces of work in turns, so that what else the machine does falls on all of them alike. */

import { percentile } from "../in-node.ts";

/** Microseconds of one piece of work. */
export interface Taken {
  readonly median: number;
  readonly p99: number;
  /** CPU time of one, the mean of all: what is left of it when others take the processor away. */
  readonly cpu: number;
}

const rounds = 25;

/** Each piece is done `count` times in each of 25 rounds; a round before them warms up. */
export function inTurns<Name extends string>(
  works: Readonly<Record<Name, () => unknown>>,
  count: number,
): Readonly<Record<Name, Taken>> {
  const names = Object.keys(works) as Name[];
  const samples = new Map(names.map((name) => [name, { times: [] as number[], cpu: 0 }]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      const before = process.cpuUsage();
      const times = Array.from({ length: count }, () => microseconds(works[name]));
      const { user, system } = process.cpuUsage(before);
      const sample = samples.get(name);
      if (round >= 0 && sample !== undefined) {
        sample.times.push(...times);
        sample.cpu += user + system;
      }
    }
  }
  const taken = [...samples].map(([name, { times, cpu }]) => {
    const cpuEach = cpu / times.length;
    return [name, { median: percentile(times, 0.5), p99: percentile(times, 0.99), cpu: cpuEach }];
  });
  return Object.fromEntries(taken) as Readonly<Record<Name, Taken>>;
}

function microseconds(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e3;
}
