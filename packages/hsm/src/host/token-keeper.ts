// SPDX-License-Identifier: Apache-2.0
/** Keeps the token open: reopens it when it comes back, and never tries a refused PIN again. */

import { type Clock, isStrongroomError, type Log, StrongroomError } from "@strongroom/core";
import { isTokenLost, toTokenError } from "../token/token-errors.ts";
import type { HostedToken } from "./hosted-token.ts";
import type { PinFile } from "./pin-file.ts";

/** First and longest wait in milliseconds between two attempts to open a token that is away. */
const firstWaitMs = 500;
const longestWaitMs = 10_000;

/** What the keeper needs. */
export interface TokenKeeperDeps {
  /** Opens the token with a PIN; throws StrongroomError. */
  readonly open: (pin: string) => HostedToken;
  readonly pinFile: PinFile;
  readonly clock: Clock;
  readonly log: Log;
}

type State =
  | { readonly kind: "open"; readonly token: HostedToken }
  | { readonly kind: "closed"; readonly error: StrongroomError };

/** The one holder of the open token. */
export class TokenKeeper {
  readonly #deps: TokenKeeperDeps;
  #state: State = {
    kind: "closed",
    error: new StrongroomError("HsmUnavailable", "the token is not open yet"),
  };

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
  }

  /** Why the token is not open, or `undefined` if it is. */
  get failure(): StrongroomError | undefined {
    return this.#state.kind === "closed" ? this.#state.error : undefined;
  }

  /** Tries to open the token, once. */
  open(): void {
    this.#state = this.#attempt();
    if (this.#state.kind === "open") {
      this.#deps.log.info("token is open", { state: this.#state.token.enforcedBy });
    } else if (this.#state.error.code === "NotActivated") {
      this.#deps.log.info("token waits for its security domain");
    } else {
      this.#deps.log.failure("token is not open", this.#state.error);
    }
  }

  /**
   * Runs `work` with the open token; if the token is lost under it, opens it again and runs `work` once more.
   *
   * @throws {StrongroomError} why the token is not open, or what the token said.
   */
  use<T>(work: (token: HostedToken) => T): T {
    const token = this.#requireOpen();
    try {
      return work(token);
    } catch (error) {
      if (!isTokenLost(error)) {
        throw toTokenError(error);
      }
      this.#deps.log.warn("token was lost", { reason: toTokenError(error).message });
      this.open();
    }
    return this.#useReopened(work);
  }

  /**
   * As `use`, for work that another thread does on the same token: it answers `lost` where its session was lost.
   *
   * @throws {StrongroomError} as `use`.
   */
  async useElsewhere<T>(work: (token: HostedToken) => Promise<T | "lost">): Promise<T> {
    const token = this.#requireOpen();
    const first = await work(token);
    if (first !== "lost") {
      return first;
    }
    // Somebody else may have opened it again meanwhile.
    if (this.#state.kind === "open" && this.#state.token === token) {
      this.#deps.log.warn("token was lost", { reason: "it was lost to the slow lane" });
      this.open();
    }
    const second = await work(this.#requireOpen());
    if (second === "lost") {
      throw new StrongroomError("HsmUnavailable", "the token was lost again");
    }
    return second;
  }

  /** Opens the token again whenever it is closed, until `signal` aborts. */
  async keepOpen(signal: AbortSignal): Promise<void> {
    let wait = firstWaitMs;
    while (!signal.aborted) {
      await this.#deps.clock.sleep(wait, signal).catch(() => undefined);
      if (signal.aborted || this.#state.kind === "open" || this.#mustNotTry()) {
        wait = firstWaitMs;
      } else {
        this.open();
        wait = Math.min(wait * 2, longestWaitMs);
      }
    }
  }

  #requireOpen(): HostedToken {
    if (this.#state.kind === "closed") {
      throw this.#state.error;
    }
    return this.#state.token;
  }

  #useReopened<T>(work: (token: HostedToken) => T): T {
    const token = this.#requireOpen();
    try {
      return work(token);
    } catch (error) {
      throw toTokenError(error);
    }
  }

  #attempt(): State {
    try {
      const pin = this.#deps.pinFile.read();
      if (this.#deps.pinFile.isRefused(pin)) {
        const message = "the token refused this PIN file before; it is not tried until it changes";
        return { kind: "closed", error: new StrongroomError("PinIncorrect", message) };
      }
      return this.#openWith(pin);
    } catch (error) {
      return { kind: "closed", error: toTokenError(error) };
    }
  }

  #openWith(pin: { readonly text: string; readonly mark: string }): State {
    const { open, pinFile } = this.#deps;
    try {
      const token = open(pin.text);
      pinFile.accept();
      return { kind: "open", token };
    } catch (error) {
      if (isStrongroomError(error, "PinIncorrect")) {
        pinFile.refuse(pin);
      }
      throw error;
    }
  }

  #mustNotTry(): boolean {
    // Keys come by a ceremony, and with it a restart.
    if (isStrongroomError(this.failure, "NotActivated")) {
      return true;
    }
    if (!isStrongroomError(this.failure, "PinIncorrect")) {
      return false;
    }
    try {
      return this.#deps.pinFile.isRefused(this.#deps.pinFile.read());
    } catch {
      // No PIN to try while the file cannot be read: it may be on its way to be replaced.
      return true;
    }
  }
}
