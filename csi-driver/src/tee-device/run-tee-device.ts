// SPDX-License-Identifier: Apache-2.0
/** Runs `tee-device`, the helper that speaks ioctl: one request in, one answer out, no shell, nothing of our environment. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { errnoOf, StrongroomError } from "@strongroom/core";
import { teeAnswerBytes, teeTimeout } from "../limits.ts";

/** Where the helper is, and what it shall do. */
export interface TeeDeviceCall {
  /** Absolute path of the helper. */
  readonly helper: string;
  readonly args: readonly string[];
  readonly request: Uint8Array;
}

/** Exit codes of the helper: nothing there, or another turn may help. */
const exit = { unavailable: 69, busy: 75 } as const;

/**
 * The helper's answer.
 *
 * @throws {StrongroomError} `TeeUnavailable` if there is no device or no helper, it is busy, or it does not end in time;
 *   `TeeFailed` if the device refused.
 */
export async function runTeeDevice(call: TeeDeviceCall, signal: AbortSignal): Promise<Uint8Array> {
  const child = spawn(call.helper, call.args, {
    env: {},
    stdio: ["pipe", "pipe", "ignore"],
    timeout: teeTimeout,
    killSignal: "SIGKILL",
    signal,
  });
  const ended = once(child, "close") as Promise<[number | null]>;
  // A helper that refuses its arguments is gone before it reads.
  child.stdin.on("error", () => undefined).end(call.request);
  try {
    const reading = readAnswer(child.stdout, () => child.kill("SIGKILL"));
    const [answer, [code]] = await Promise.all([reading, ended]);
    return checkEnd(code, answer);
  } catch (cause) {
    throw cause instanceof StrongroomError ? cause : unavailable(errnoOf(cause), cause);
  }
}

async function readAnswer(
  stdout: AsyncIterable<Uint8Array>,
  stop: () => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdout) {
    size += chunk.length;
    if (size > teeAnswerBytes) {
      stop();
      throw new StrongroomError("TeeFailed", "the tee's helper answers too much");
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function checkEnd(code: number | null, answer: Uint8Array): Uint8Array {
  if (code === 0) {
    return answer;
  }
  if (code === exit.unavailable || code === exit.busy || code === null) {
    throw unavailable(code === null ? "no answer in time" : `status ${code}`);
  }
  throw new StrongroomError("TeeFailed", `the tee's device refused (status ${code})`);
}

function unavailable(why: string | undefined, cause?: unknown): StrongroomError {
  return new StrongroomError(
    "TeeUnavailable",
    `the tee's device cannot be used (${why ?? "failed"})`,
    {
      cause,
    },
  );
}
