// SPDX-License-Identifier: Apache-2.0
/**
 * Clients that name no host in TLS, as Java's where the name has no dot: they are answered for one host, as if they had
 * named it, and ask for no other. RFC 6066 section 3 leaves the choice to the server.
 */

import type { Server, TLSSocket } from "node:tls";
import type { Log } from "@strongroom/core";
import type { ServerCertificates } from "../installation/server-certificates.ts";

/** What it works with. */
export interface UnnamedDeps {
  readonly server: Server;
  readonly certificates: Pick<ServerCertificates, "pairOf">;
  readonly log: Log;
  /** What holds for all connections beside key and certificate. */
  readonly tls: Parameters<Server["setSecureContext"]>[0];
}

/** Serves `host` to them from now on, with a certificate that is replaced on time. */
export async function serveUnnamed(deps: UnnamedDeps, host: string): Promise<void> {
  const { server, certificates, log, tls } = deps;
  let used = await certificates.pairOf(host);
  server.setSecureContext({ ...tls, ...used });
  server.on("connection", () => {
    certificates.pairOf(host).then(
      (pair) => {
        if (pair !== used) {
          used = pair;
          server.setSecureContext({ ...tls, ...pair });
        }
      },
      (error: unknown) => log.failure("no certificate for clients that name no host", error),
    );
  });
  server.on("secureConnection", (socket: TLSSocket & { servername?: string | false }) => {
    if (typeof socket.servername !== "string") {
      socket.servername = host;
    }
  });
}
