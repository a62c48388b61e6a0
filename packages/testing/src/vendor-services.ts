// SPDX-License-Identifier: Apache-2.0
/**
 * AMD's, Intel's and Azure's endorsement services on this machine, with the paths, headers and forms of the real ones and
 * what the test vendors mint. Real TLS for the first two; any answer can be replaced.
 */

import {
  createServer as createPlainServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { mintCertificate } from "./mint-certificate.ts";
import {
  answerMetadata,
  answerVendor,
  type VendorAnswer,
  type VendorContent,
} from "./vendor-answers.ts";

/** Running services. */
export interface VendorServices extends AsyncDisposable {
  /** Base URL of AMD's and Intel's. */
  readonly url: string;
  /** PEM of the CA of their certificate. */
  readonly ca: string;
  /** Base URL of Azure's metadata service. */
  readonly metadataUrl: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
  /** Replaces answers to paths that begin so, or takes the replacement back. */
  replace(path: string, answer: VendorAnswer | undefined): void;
}

/** Starts the services on ports of their own. */
export async function startVendorServices(content: VendorContent): Promise<VendorServices> {
  const issuer = await mintCertificate({ subject: "/CN=CA of the vendors", ca: true });
  const server = await mintCertificate({ subject: "/CN=vendors", names: "IP:127.0.0.1", issuer });
  const requests: string[] = [];
  const replaced = new Map<string, VendorAnswer>();
  const handle = (answer: (request: IncomingMessage, body: string) => VendorAnswer) => {
    return async (request: IncomingMessage, response: ServerResponse) => {
      const path = request.url ?? "";
      requests.push(path);
      const body = await text(request);
      const [, other] = [...replaced].find(([prefix]) => path.startsWith(prefix)) ?? [];
      send(response, other ?? answer(request, body));
    };
  };
  const { certificatePem: cert, keyPem: key } = server;
  const servers = [
    createServer(
      { cert, key },
      handle(({ url = "" }) => answerVendor(content, url)),
    ),
    createPlainServer(handle((request, body) => answerMetadata(content, request, body))),
  ];
  const [port, metadataPort] = await Promise.all(servers.map(listen));
  return {
    url: `https://127.0.0.1:${port}`,
    ca: issuer.certificatePem,
    metadataUrl: `http://127.0.0.1:${metadataPort}`,
    requests,
    replace: (path, answer) => {
      if (answer === undefined) {
        replaced.delete(path);
      } else {
        replaced.set(path, answer);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

function listen(server: ReturnType<typeof createPlainServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function send(response: ServerResponse, { status, headers, body, drop }: VendorAnswer): void {
  if (drop === true) {
    response.destroy();
    return;
  }
  response.writeHead(status ?? 200, headers);
  response.end(body);
}
