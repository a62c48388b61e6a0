// SPDX-License-Identifier: Apache-2.0
/** Serves gRPC on a Unix socket that root alone can reach. */

import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { messageBytes } from "../limits.ts";

/** A server that listens. */
export interface Listener {
  /** Waits for calls under way, then closes and removes the socket. */
  close(): Promise<void>;
  /** Closes at once and removes the socket. */
  abort(): void;
}

/**
 * Binds `path`, replacing a socket that a killed predecessor left there.
 *
 * @param addServices Adds what is served before anyone can call.
 */
export async function listen(
  path: string,
  addServices: (server: Server) => void,
): Promise<Listener> {
  const server = new Server({
    "grpc.max_receive_message_length": messageBytes,
    "grpc.max_send_message_length": messageBytes,
    "grpc.max_concurrent_streams": 256,
  });
  addServices(server);
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  await rm(path, { force: true });
  await bind(server, path);
  await chmod(path, 0o600);
  return {
    close: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    abort: () => server.forceShutdown(),
  };
}

async function bind(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
    error === null ? resolve() : reject(error),
  );
  await promise;
}
