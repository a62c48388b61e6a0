// SPDX-License-Identifier: Apache-2.0
/** Has the vendor's clients reach this machine by whatever host name, which certificates are checked against all the same. */

import { Agent } from "node:https";
import type { LookupFunction } from "node:net";

/** Options of a client. */
export interface LoopbackOptions {
  readonly retryOptions: { readonly maxRetries: 0 };
  readonly additionalPolicies: {
    readonly policy: {
      readonly name: string;
      // biome-ignore lint/suspicious/noExplicitAny: the pipeline's types are the vendor's, and each client has its own
      readonly sendRequest: (request: any, next: (request: any) => Promise<any>) => Promise<any>;
    };
    readonly position: "perCall";
  }[];
}

/** Options over connections that are kept until it is disposed of. */
export interface Loopback extends Disposable {
  readonly options: LoopbackOptions;
}

/** Options by which names are looked up nowhere. @param ca PEM */
export function openLoopback(ca: string): Loopback {
  const lookup: LookupFunction = (_host, options, done) =>
    options.all === true
      ? done(null, [{ address: "127.0.0.1", family: 4 }])
      : done(null, "127.0.0.1", 4);
  const agent = new Agent({ keepAlive: true, ca, lookup });
  return {
    options: {
      retryOptions: { maxRetries: 0 },
      additionalPolicies: [
        {
          policy: {
            name: "loopback",
            sendRequest: (request, next) => next(Object.assign(request, { agent })),
          },
          position: "perCall",
        },
      ],
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
