// SPDX-License-Identifier: Apache-2.0
/** The host: token, anchor, socket and health put together, and taken apart in order. */

import { isStrongroomError, type Log, systemClock } from "@strongroom/core";
import type { Pkcs11 } from "../token/pkcs11.ts";
import { maxInFlight } from "../wire/limits.ts";
import { openAnchor } from "./anchor.ts";
import { CeremonyRunner, type SpawnCeremony } from "./ceremony-runner.ts";
import type { DataFolder } from "./data-folder.ts";
import { serveHealth } from "./health.ts";
import { serveConnection } from "./host-connection.ts";
import { openHosted } from "./hosted-token.ts";
import { createPinFile } from "./pin-file.ts";
import { createRequestQueue, type RequestQueue } from "./request-queue.ts";
import { openRollbacks } from "./rollbacks.ts";
import { SlowLane } from "./slow-lane.ts";
import { socketFolder } from "./socket-folder.ts";
import { listen } from "./socket-server.ts";
import { TokenKeeper } from "./token-keeper.ts";
import { createVerbHandlers, statusOf } from "./verb-handlers.ts";

/** Longest wait in milliseconds for requests in flight when the host stops. */
const drainMs = 5_000;

/** What the host needs. */
export interface ServeOptions {
  readonly module: Pkcs11;
  /** Path that the module was loaded from, for the slow lane. */
  readonly modulePath: string;
  readonly folder: DataFolder;
  readonly socketDirectory: string;
  readonly healthPort: number;
  readonly log: Log;
  /** Stops the host. */
  readonly signal: AbortSignal;
  readonly spawnCeremony: SpawnCeremony;
}

/**
 * Serves until `signal` aborts or a ceremony has made a new token, then answers what is in flight and closes the token.
 *
 * @returns whether it is to serve again, over the new token.
 * @throws {StrongroomError} `HsmRefused` at start if the token lacks what we need. A wrong PIN, or a token that is away,
 * does not end the host: a restart would try the PIN again.
 */
export async function serve(options: ServeOptions): Promise<boolean> {
  const { module, folder, log, signal } = options;
  const open = (pin: string) => openHosted(module, folder, pin);
  const pinFile = createPinFile(folder);
  const keeper = new TokenKeeper({ open, pinFile, clock: systemClock, log });
  keeper.open();
  if (isStrongroomError(keeper.failure, "HsmRefused")) {
    throw keeper.failure;
  }
  const anchor = await openAnchor(folder.heads);
  const rollbacks = await openRollbacks(folder.rollback, anchor, systemClock);
  const handover = new AbortController();
  const ceremonies = new CeremonyRunner({
    spawn: options.spawnCeremony,
    log,
    onSuccess: () => handover.abort(),
  });
  const lane = new SlowLane(options.modulePath, log);
  const handlers = createVerbHandlers(anchor, {
    ...{ keeper, lane, ceremonies, rollbacks, folder, log },
  });
  const queue = createRequestQueue(maxInFlight);
  const status = () => (keeper.failure === undefined ? keeper.use(statusOf) : undefined);
  const server = await listen(socketFolder(options.socketDirectory), (socket, secret) => {
    serveConnection(socket, { handlers, queue, secret, status, log });
  });
  await using health = await serveHealth(options.healthPort, () => keeper.failure);
  log.info("serving", { port: health.port });
  await keeper.keepOpen(AbortSignal.any([signal, handover.signal]));
  await server.stopListening();
  await drain(queue);
  server.closeConnections();
  await lane[Symbol.asyncDispose]();
  module.C_Finalize();
  log.info("stopped");
  return !signal.aborted;
}

async function drain(queue: RequestQueue): Promise<void> {
  const done = new AbortController();
  const timeout = systemClock.sleep(drainMs, done.signal).catch(() => undefined);
  await Promise.race([queue.idle(), timeout]);
  done.abort();
}
