// SPDX-License-Identifier: Apache-2.0
/** A key set that is fetched when it is needed, kept for a while, and fetched again for a key that is not in it. */

import { type Clock, StrongroomError } from "@strongroom/core";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import {
  firstRetry,
  keySetFreshness,
  keySetLifetime,
  longestRetry,
  unknownKeyInterval,
} from "./limits.ts";

/** Where keys come from. */
export type FetchKeys = () => Promise<JSONWebKeySet>;

interface Fetched {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly at: number;
}

/** Keys of one issuer. At most one fetch is under way; what fails is tried again with growing waits. */
export class RemoteKeySet {
  readonly #fetch: FetchKeys;
  readonly #clock: Pick<Clock, "now">;
  #known: Fetched | undefined;
  #underWay: Promise<void> | undefined;
  #lastAttempt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #cause: unknown;

  constructor(fetch: FetchKeys, clock: Pick<Clock, "now">) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /**
   * Finds the key of a token, for jose.
   *
   * @throws {StrongroomError} `IssuerUnavailable` if there are no keys that may be used; jose's errors for no such key.
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.#usable();
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.#mayLookAgain(keys)) {
        throw error;
      }
      await this.#refresh();
      return await (await this.#usable()).find(header, token);
    }
  };

  /** The set that is looked into now; nothing while one must be fetched first. */
  readonly inUse = (): object | undefined =>
    this.#isDue() || this.#age() >= keySetLifetime ? undefined : this.#known;

  async #usable(): Promise<Fetched> {
    if (this.#isDue()) {
      await this.#refresh();
    }
    if (this.#known === undefined || this.#age() >= keySetLifetime) {
      const options = { cause: this.#cause };
      throw new StrongroomError("IssuerUnavailable", "the token's issuer has no keys now", options);
    }
    return this.#known;
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

  #mayLookAgain(seen: Fetched): boolean {
    return (
      this.#known !== seen ||
      (this.#mayTry() && this.#now() - this.#lastAttempt >= unknownKeyInterval)
    );
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
      const keys = createLocalJWKSet(await this.#fetch());
      this.#known = { find: keys, at: this.#now() };
      this.#failures = 0;
      this.#cause = undefined;
    } catch (error) {
      this.#failures += 1;
      this.#cause = error;
    }
  }
}
