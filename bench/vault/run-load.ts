// SPDX-License-Identifier: Apache-2.0
/** Runs the load generator against a server and says what the server used while it was measured. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { percentile } from "../in-node.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { cpuSeconds } from "./usage.ts";

/** Figures of one run. */
export interface Measured extends LoadResult {
  readonly perSecond: number;
  /** CPU seconds of the server's process, all of its threads together, for 1,000 requests. */
  readonly cpuPerThousand: number;
  /** The same of the process that works for it, where there is one. */
  readonly cpuBesidePerThousand: number;
}

/** Name of a figure. */
export type MeasuredFigure = Exclude<keyof Measured, "answers">;

/** Whom to look at: a server's process, and one that works for it. */
export interface Servers {
  readonly pid: number;
  readonly beside?: number;
}

const generator = fileURLToPath(new URL("load.ts", import.meta.url));

/** Puts load on a server. */
export async function runLoad(order: LoadOrder, { pid, beside }: Servers): Promise<Measured> {
  const child = spawn(process.execPath, ["--conditions=@strongroom/source", generator], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(order));
  const used = () => ({
    server: cpuSeconds(pid),
    beside: beside === undefined ? 0 : cpuSeconds(beside),
  });
  let [before, after] = [used(), used()];
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "measuring") {
      before = used();
    } else if (line === "measured") {
      after = used();
    }
    last = line;
  }
  await once(child, "exit").catch(() => undefined);
  const result = JSON.parse(last) as LoadResult;
  return {
    ...result,
    perSecond: (result.count * 1000) / result.elapsedMs,
    cpuPerThousand: ((after.server - before.server) * 1000) / result.count,
    cpuBesidePerThousand: ((after.beside - before.beside) * 1000) / result.count,
  };
}

/** The median of a figure over several runs. */
export function medianOf<Figure extends string>(
  runs: readonly Readonly<Record<Figure, number>>[],
  figure: Figure,
): number {
  return percentile(
    runs.map((run) => run[figure]),
    0.5,
  );
}
