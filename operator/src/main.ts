// SPDX-License-Identifier: Apache-2.0
/** Entry of the operator: environment in, exit code out. */

import { createLog, errorTable, isStrongroomError, systemClock } from "@strongroom/core";
import { parseConfig } from "./config.ts";
import { runOperator } from "./operator.ts";

const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.once(name, () => stop.abort());
}

try {
  const config = parseConfig(process.env);
  const log = createLog({ component: "operator", level: config.logLevel });
  log.info("operator starts", { namespace: config.namespace, pod: config.podName });
  await runOperator(config, { clock: systemClock, log }, stop.signal);
  log.info("operator stopped");
} catch (error) {
  createLog({ component: "operator", level: "error" }).failure("operator failed", error);
  process.exitCode = isStrongroomError(error) ? errorTable[error.code].exit : 70;
}
