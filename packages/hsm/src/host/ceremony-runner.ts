// SPDX-License-Identifier: Apache-2.0
/** The ceremony of the moment: one at a time, in a process of its own, after which the host starts anew. */

import {
  isErrorCode,
  isStrongroomError,
  type Log,
  parseJson,
  StrongroomError,
} from "@strongroom/core";
import type { VerbRequests, VerbResults } from "../wire/verb-messages.ts";
import { encodeCeremony, toCeremonyRequest } from "./ceremony-request.ts";

/** Runs the process that performs a ceremony; answers its exit code and what it said on standard output. */
export type SpawnCeremony = (
  request: string,
) => Promise<{ readonly code: number; readonly output: string }>;

type State =
  | { readonly kind: "none" | "running" }
  | { readonly kind: "failed"; readonly error: StrongroomError };

/** What a runner needs. */
export interface CeremonyRunnerDeps {
  readonly spawn: SpawnCeremony;
  readonly log: Log;
  /** Called when a ceremony has succeeded: the token's successor waits. */
  readonly onSuccess: () => void;
}

/** The one holder of the ceremony's state. */
export class CeremonyRunner {
  readonly #deps: CeremonyRunnerDeps;
  #state: State = { kind: "none" };

  constructor(deps: CeremonyRunnerDeps) {
    this.#deps = deps;
  }

  /** Begins a ceremony. @throws {StrongroomError} `BadParameter`, or `HsmBusy` if one is under way. */
  begin(payload: VerbRequests["beginCeremony"]): void {
    // Here first, so that whoever asks learns at once what is wrong with it.
    const { kind } = toCeremonyRequest(payload);
    if (this.#state.kind === "running") {
      throw new StrongroomError("HsmBusy", "another ceremony is under way");
    }
    this.#state = { kind: "running" };
    this.#deps.log.info("ceremony begins", { kind });
    void this.#run(kind, encodeCeremony(payload));
  }

  /** As the wire has it. */
  get state(): VerbResults["ceremony"] {
    return this.#state.kind === "failed"
      ? {
          state: "failed",
          failure: { code: this.#state.error.code, message: this.#state.error.message },
        }
      : { state: this.#state.kind };
  }

  async #run(kind: string, request: string): Promise<void> {
    const { spawn, log, onSuccess } = this.#deps;
    try {
      const { code, output } = await spawn(request);
      if (code !== 0) {
        throw toFailure(output);
      }
      // Still running for whoever asks: what comes next is the restart.
      log.info("ceremony performed", { kind });
      onSuccess();
    } catch (error) {
      log.failure("ceremony failed", error, { kind });
      const failed = new StrongroomError("Internal", "the ceremony failed", { cause: error });
      this.#state = { kind: "failed", error: isStrongroomError(error) ? error : failed };
    }
  }
}

/** What the process says when it fails: one line of JSON. */
export function failureLine(error: unknown): string {
  const { code, message } = isStrongroomError(error)
    ? error
    : { code: "Internal", message: "the ceremony failed" };
  return `${JSON.stringify({ code, message })}\n`;
}

function toFailure(output: string): StrongroomError {
  try {
    const { code, message } = parseJson(output) as {
      readonly code: string;
      readonly message: string;
    };
    return new StrongroomError(isErrorCode(code) ? code : "Internal", message);
  } catch (cause) {
    return new StrongroomError("Internal", "the ceremony's process ended", { cause });
  }
}
