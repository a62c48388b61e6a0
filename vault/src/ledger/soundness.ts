// SPDX-License-Identifier: Apache-2.0
/** Whether the store is still believed: once it is not, nothing is read or written any more. */

import { StrongroomError } from "@strongroom/core";
import type { Finding } from "./finding.ts";

/** Sound until it is condemned. */
export class Soundness {
  #finding: Finding | undefined;

  get isSound(): boolean {
    return this.#finding === undefined;
  }

  condemn(finding: Finding): void {
    this.#finding ??= finding;
  }

  /** @throws {StrongroomError} `StoreTampered` or `HeadRollback` once it is condemned. */
  require(): void {
    if (this.#finding !== undefined) {
      throw new StrongroomError(this.#finding.kind, this.#finding.message);
    }
  }
}
