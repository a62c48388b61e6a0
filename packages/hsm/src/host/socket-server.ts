// SPDX-License-Identifier: Apache-2.0
/** The Unix socket: bound where nobody looks, then shown to the group. */

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { maxConnections } from "../wire/limits.ts";
import {
  prepareSocketFolder,
  publishSecret,
  publishSocket,
  removeSocketFiles,
  type SocketFolder,
} from "./socket-folder.ts";

/** A listening socket. */
export interface SocketServer {
  /** Takes no more connections; those that are open go on. */
  stopListening(): Promise<void>;
  /** Ends every connection after what was written to it. */
  closeConnections(): void;
}

/** Listens in `folder`; `serve` gets each connection and the start-up secret of this start. */
export async function listen(
  folder: SocketFolder,
  serve: (socket: Socket, secret: string) => void,
): Promise<SocketServer> {
  await prepareSocketFolder(folder);
  const secret = await publishSecret(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => void sockets.delete(socket));
    serve(socket, secret);
  });
  server.maxConnections = maxConnections;
  server.listen(folder.newSocket);
  await once(server, "listening");
  await publishSocket(folder);
  return {
    stopListening: async () => {
      server.close();
      await removeSocketFiles(folder);
    },
    closeConnections: () => {
      for (const socket of sockets) {
        socket.end();
        socket.destroySoon();
      }
    },
  };
}
