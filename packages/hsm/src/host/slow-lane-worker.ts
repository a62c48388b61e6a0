// SPDX-License-Identifier: Apache-2.0
/** Thread that makes RSA keys: seconds of the token's time that hold up nobody else. An entry point of its own. */

import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { isStrongroomError } from "@strongroom/core";
import { generateKey, type KeyMade } from "../token/generate-key.ts";
import { attachToken } from "../token/open-token.ts";
import { joinModule } from "../token/pkcs11.ts";
import type { OpenToken } from "../token/token.ts";
import { isTokenLost, toTokenError } from "../token/token-errors.ts";
import { toWireFailure } from "../wire/failure.ts";
import type { LaneJob, LaneMessage, LaneResult } from "./slow-lane-protocol.ts";

/** How nice this thread is to the host's other one, which signs. */
const niceness = 5;

const module = joinModule(workerData as string);
let token: OpenToken | undefined;

// 0 is the calling thread on Linux, not the process.
setPriority(0, niceness);

parentPort?.on("message", (message: LaneMessage) => {
  if (message === "end") {
    detach();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answer(message));
});

function answer(job: LaneJob): LaneResult {
  const { id } = job;
  try {
    return { id, kind: "made", made: make(job) };
  } catch (error) {
    if (isTokenLost(error) || isStrongroomError(error, "HsmUnavailable")) {
      detach();
      return { id, kind: "lost" };
    }
    return { id, kind: "failed", failure: toWireFailure(toTokenError(error)) };
  }
}

function make(job: LaneJob): KeyMade {
  const present = token;
  try {
    return generateKey(attached(job), job.spec);
  } catch (error) {
    // A session of before: the token may have been opened again since.
    if (present === undefined || !isTokenLost(error)) {
      throw error;
    }
    detach();
    return generateKey(attached(job), job.spec);
  }
}

function attached({ known }: LaneJob): OpenToken {
  token ??= attachToken(module, known);
  return token;
}

function detach(): void {
  const old = token;
  token = undefined;
  try {
    old?.module.C_CloseSession(old.handle);
  } catch {
    // It is gone already, as a rule.
  }
}
