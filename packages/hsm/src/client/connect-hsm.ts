// SPDX-License-Identifier: Apache-2.0
/** A client that stays: it dials again, with back-off, whenever the host went away. */

import {
  type Clock,
  halfJitter,
  isStrongroomError,
  type Log,
  StrongroomError,
  systemClock,
} from "@strongroom/core";
import type { ClientConnection } from "./client-connection.ts";
import { dial } from "./dial.ts";
import type { HsmClient } from "./hsm-client.ts";
import { createVerbs } from "./verbs.ts";

/** First and longest wait in milliseconds between two attempts to connect. */
const firstWaitMs = 50;
const longestWaitMs = 2_000;

/** Where the host is and how long to wait for it. */
export interface ConnectOptions {
  /** Folder of the host's socket and start-up secret. */
  readonly directory: string;
  readonly log: Log;
  /** Longest wait for one answer in milliseconds. Default 5000. */
  readonly requestTimeoutMs?: number;
  /** Longest wait for the first connection in milliseconds: both containers start at once. Default 30000. */
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * Connects to the HSM host.
 *
 * While the host is away, calls fail at once with `HsmUnavailable`; those in flight when it goes fail with the same, and
 * may or may not have been done.
 *
 * @throws {StrongroomError} `HsmUnavailable` if no connection could be made in time.
 */
export async function connectHsm(options: ConnectOptions): Promise<HsmClient> {
  const link = new HsmLink({ requestTimeoutMs: 5_000, clock: systemClock, ...options });
  const stop = AbortSignal.timeout(options.connectTimeoutMs ?? 30_000);
  await link.start(stop);
  return {
    ...createVerbs((verb, payload) => link.call(verb, payload)),
    [Symbol.asyncDispose]: () => link.stop(),
  };
}

type LinkOptions = Required<Omit<ConnectOptions, "connectTimeoutMs">>;

/** The connection of the moment, and the loop that replaces it. */
class HsmLink {
  readonly #options: LinkOptions;
  readonly #stop = new AbortController();
  #connection: ClientConnection | undefined;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#connection = await this.#dialUntil(signal);
    if (this.#connection === undefined) {
      throw new StrongroomError("HsmUnavailable", "the HSM host cannot be reached");
    }
    this.#loop = this.#stayConnected();
  }

  call: ClientConnection["call"] = async (verb, payload) => {
    if (this.#connection === undefined) {
      throw new StrongroomError("HsmUnavailable", "the HSM host is away");
    }
    return await this.#connection.call(verb, payload);
  };

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#connection?.close();
    await this.#loop;
  }

  async #stayConnected(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stop;
    while (this.#connection !== undefined) {
      await this.#connection.closed;
      this.#connection = undefined;
      if (!signal.aborted) {
        log.warn("connection to the HSM host was lost");
        this.#connection = await this.#dialUntil(signal);
      }
    }
  }

  /** The next connection, or `undefined` once `signal` aborts. */
  async #dialUntil(signal: AbortSignal): Promise<ClientConnection | undefined> {
    const { directory, requestTimeoutMs, clock, log } = this.#options;
    for (let wait = firstWaitMs; !signal.aborted; wait = Math.min(wait * 2, longestWaitMs)) {
      try {
        const connection = await dial(directory, requestTimeoutMs);
        if (signal.aborted) {
          connection.close();
          return undefined;
        }
        log.info("connected to the HSM host");
        return connection;
      } catch (error) {
        log.warn("HSM host cannot be reached", { reason: reasonOf(error) });
        // An aborted sleep ends the loop.
        await clock.sleep(halfJitter(wait), signal).catch(() => undefined);
      }
    }
    return undefined;
  }
}

// Why an attempt failed: the host's own words, or the operating system's code.
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (isStrongroomError(cause)) {
    return cause.message;
  }
  const coded = cause instanceof Error && "code" in cause;
  return coded ? String(cause.code) : "unknown";
}
