// SPDX-License-Identifier: Apache-2.0
/** A cache of one kind, kept fresh by list and watch, that restarts itself whatever the connection does. */

import type { IncomingMessage } from "node:http";
import {
  type Clock,
  type Jitter,
  type Log,
  type Milliseconds,
  StrongroomError,
} from "@strongroom/core";
import { toObject } from "./kube-client.ts";
import { type KubeObject, keyOf, type Resource, resourcePath } from "./kube-object.ts";
import type { KubeTransport } from "./kube-transport.ts";
import { readWatchEvents, type WatchEvent } from "./watch-stream.ts";

/** Objects of one page of a list. */
const pageSize = 500;
/** A watch that ends sooner than this is followed by a pause, so that a broken proxy is not hammered. */
const briefWatch: Milliseconds = 1_000;
/** Back-off between attempts that fail. */
const backoff = { firstMs: 500, lastMs: 30_000 } as const;
/** Length of a watch that we ask for. */
const maxWatch: Milliseconds = 300_000;
/** Status of "too old resource version". */
const goneStatus = 410;

/** What a list-watch needs. */
export interface ListWatchOptions {
  readonly transport: KubeTransport;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly jitter: Jitter;
  readonly log: Log;
  /** Called with the key of each object that came, changed, went, or was listed again. */
  readonly onChange: (key: string) => void;
  /** Silence after which a watch is taken for dead; default 2 minutes. */
  readonly idleMs?: Milliseconds;
  /** Age of the list at which everything is listed again, against events that never came; default 10 minutes. */
  readonly relistMs?: Milliseconds;
}

/** A cache of all objects of one kind. */
export class ListWatch<T extends KubeObject> {
  readonly #options: ListWatchOptions;
  readonly #idleMs: Milliseconds;
  readonly #relistMs: Milliseconds;
  readonly #listed = Promise.withResolvers<void>();
  #objects = new Map<string, T>();
  #failures = 0;

  constructor(options: ListWatchOptions) {
    this.#options = options;
    this.#idleMs = options.idleMs ?? 120_000;
    this.#relistMs = options.relistMs ?? 600_000;
  }

  /** Resolves when everything was listed once. */
  get synced(): Promise<void> {
    return this.#listed.promise;
  }

  /** The object of a key as last seen. */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** All objects as last seen. */
  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Lists and watches until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#listThenWatch(signal);
      } catch (error) {
        await this.#pauseAfter(error, signal);
      }
    }
  }

  async #listThenWatch(signal: AbortSignal): Promise<void> {
    const { clock, jitter } = this.#options;
    const relistAt = clock.now().getTime() + jitter(this.#relistMs);
    let version: string | undefined = await this.#list(signal);
    while (version !== undefined && !signal.aborted && clock.now().getTime() < relistAt) {
      const start = clock.now().getTime();
      version = await this.#watch(version, signal);
      const isBrief = clock.now().getTime() - start < briefWatch;
      if (isBrief || version === undefined) {
        await clock.sleep(jitter(briefWatch), signal);
      }
      this.#failures = isBrief ? this.#failures : 0;
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const found = new Map<string, T>();
    let page: Page<T>;
    let token: string | undefined;
    do {
      // No resourceVersion: a quorum read, so a lagging API server cannot show us the past.
      page = (await this.#call({ limit: pageSize, continue: token }, signal)) as unknown as Page<T>;
      for (const item of page.items) {
        found.set(keyOf(item), item);
      }
      token = page.metadata.continue === "" ? undefined : page.metadata.continue;
    } while (token !== undefined);
    const known = new Set([...this.#objects.keys(), ...found.keys()]);
    this.#objects = found;
    this.#listed.resolve();
    known.forEach(this.#options.onChange);
    return page.metadata.resourceVersion;
  }

  async #call(query: Record<string, string | number | undefined>, signal: AbortSignal) {
    const path = resourcePath(this.#options.resource);
    return toObject(await this.#options.transport.send({ method: "GET", path, query, signal }));
  }

  /** Watches from `version`; resolves with where to go on, or `undefined` where only a new list helps. */
  async #watch(version: string, signal: AbortSignal): Promise<string | undefined> {
    const response = await this.#open(version, signal);
    if (response.statusCode === goneStatus) {
      response.destroy();
      return undefined;
    }
    if (response.statusCode !== 200) {
      response.destroy();
      throw new StrongroomError("ApiServerUnavailable", `the watch got ${response.statusCode}`);
    }
    let current: string | undefined = version;
    for await (const event of readWatchEvents<T>(response, this.#idleMs)) {
      current = this.#absorb(event);
      if (current === undefined) {
        return undefined;
      }
    }
    return current;
  }

  async #open(version: string, signal: AbortSignal): Promise<IncomingMessage> {
    const path = resourcePath(this.#options.resource);
    const timeoutSeconds = Math.ceil(Math.min(maxWatch, this.#relistMs) / 1_000);
    const options = { watch: true, allowWatchBookmarks: true, timeoutSeconds };
    const query = { ...options, resourceVersion: version };
    const connecting = new AbortController();
    const timer = setTimeout(() => connecting.abort(), this.#idleMs);
    try {
      const both = AbortSignal.any([signal, connecting.signal]);
      return await this.#options.transport.open({ method: "GET", path, query }, both);
    } finally {
      clearTimeout(timer);
    }
  }

  #absorb({ type, object }: WatchEvent<T>): string | undefined {
    if (type === "ERROR") {
      this.#options.log.info("watch ended by the server", { status: object.code });
      return undefined;
    }
    if (type !== "BOOKMARK") {
      const key = keyOf(object);
      if (type === "DELETED") {
        this.#objects.delete(key);
      } else {
        this.#objects.set(key, object);
      }
      this.#options.onChange(key);
    }
    return object.metadata.resourceVersion;
  }

  async #pauseAfter(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    const { clock, jitter, log, resource } = this.#options;
    log.failure("list and watch interrupted", error, { kind: resource.plural });
    const wait = Math.min(backoff.firstMs * 2 ** Math.min(this.#failures, 10), backoff.lastMs);
    this.#failures += 1;
    await clock.sleep(jitter(wait), signal).catch(() => undefined);
  }
}

interface Page<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}
