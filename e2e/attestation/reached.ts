// SPDX-License-Identifier: Apache-2.0
/** Which functions of our sources run meanwhile: what Node's own profiler counts. */

import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

/** Names of the functions that ran, by file. */
export type Reached = ReadonlyMap<string, ReadonlySet<string>>;

/** Runs something, and says which functions ran. */
export async function reachedBy(run: () => void): Promise<Reached> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  run();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  await session.post("Profiler.stopPreciseCoverage");
  session.disconnect();
  return new Map(
    result.map(({ url, functions }) => [
      url.startsWith("file:") ? fileURLToPath(url) : url,
      new Set(
        functions
          .filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0)
          .map(({ functionName }) => functionName),
      ),
    ]),
  );
}
