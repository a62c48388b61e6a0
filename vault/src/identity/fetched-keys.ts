// SPDX-License-Identifier: Apache-2.0
/** Keys of an issuer that are fetched when they are needed, kept for a while, and fetched again for a token whose key is not among them. */

import { type Clock, StrongroomError } from "@strongroom/core";
import {
  firstRetry,
  keySetFreshness,
  keySetLifetime,
  longestRetry,
  unknownKeyInterval,
} from "./limits.ts";

interface Fetched<Keys> {
  readonly keys: Keys;
  readonly at: number;
}

/** Keys of one issuer. At most one fetch is under way; what fails is tried again with growing waits. */
export class FetchedKeys<Keys> {
  readonly #fetch: () => Promise<Keys>;
  readonly #clock: Pick<Clock, "now">;
  #known: Fetched<Keys> | undefined;
  #underWay: Promise<void> | undefined;
  #lastAttempt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #cause: unknown;

  constructor(fetch: () => Promise<Keys>, clock: Pick<Clock, "now">) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** The keys. @throws {StrongroomError} `IssuerUnavailable` if there are none that may be used. */
  async usable(): Promise<Keys> {
    if (this.#isDue()) {
      await this.#refresh();
    }
    if (this.#known === undefined || this.#age() >= keySetLifetime) {
      const options = { cause: this.#cause };
      throw new StrongroomError("IssuerUnavailable", "the token's issuer has no keys now", options);
    }
    return this.#known.keys;
  }

  /** The keys after another look, for a token whose key `seen` has not; nothing where it is too early for one. */
  async afterMiss(seen: Keys): Promise<Keys | undefined> {
    const mayLookAgain =
      this.#known?.keys !== seen ||
      (this.#mayTry() && this.#now() - this.#lastAttempt >= unknownKeyInterval);
    if (!mayLookAgain) {
      return undefined;
    }
    await this.#refresh();
    return await this.usable();
  }

  /** The keys that are looked into now; nothing while some must be fetched first. */
  inUse(): Keys | undefined {
    return this.#isDue() || this.#age() >= keySetLifetime ? undefined : this.#known?.keys;
  }

  #isDue(): boolean {
    return this.#age() >= keySetFreshness && this.#mayTry();
  }

  #age(): number {
    return this.#now() - (this.#known?.at ?? Number.NEGATIVE_INFINITY);
  }

  #now(): number {
    return this.#clock.now().getTime();
  }

  // Waits are over, or somebody waits already: then all wait for the same answer.
  #mayTry(): boolean {
    const wait =
      this.#failures === 0 ? 0 : Math.min(firstRetry * 2 ** (this.#failures - 1), longestRetry);
    return this.#underWay !== undefined || this.#now() - this.#lastAttempt >= wait;
  }

  async #refresh(): Promise<void> {
    this.#underWay ??= this.#fetchOnce().finally(() => {
      this.#underWay = undefined;
    });
    await this.#underWay;
  }

  async #fetchOnce(): Promise<void> {
    this.#lastAttempt = this.#now();
    try {
      this.#known = { keys: await this.#fetch(), at: this.#now() };
      this.#failures = 0;
      this.#cause = undefined;
    } catch (error) {
      this.#failures += 1;
      this.#cause = error;
    }
  }
}
