// SPDX-License-Identifier: Apache-2.0
/** Runs the load generator against a server and says what the server used while it was measured. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { cpuSeconds } from "./usage.ts";

/** Figures of one run. */
export interface Measured extends LoadResult {
  readonly perSecond: number;
  /** CPU seconds of the servers for 1,000 requests. */
  readonly cpuPerThousand: number;
}

const generator = fileURLToPath(new URL("load.ts", import.meta.url));

/** Puts load on a server whose processes are `pids`. */
export async function runLoad(order: LoadOrder, pids: readonly number[]): Promise<Measured> {
  const child = spawn(process.execPath, [generator], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(order));
  const used = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  let [before, after] = [0, 0];
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "measuring") {
      before = used();
      setTimeout(() => {
        after = used();
      }, order.measureMs);
    }
    last = line;
  }
  await once(child, "exit").catch(() => undefined);
  const result = JSON.parse(last) as LoadResult;
  return {
    ...result,
    perSecond: (result.count * 1000) / order.measureMs,
    cpuPerThousand: ((after - before) * 1000) / result.count,
  };
}
