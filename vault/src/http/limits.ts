// SPDX-License-Identifier: Apache-2.0
/** Bounds of what comes over the network. */

import type { Milliseconds } from "@strongroom/core";

/** Bytes of a request's body, at most: 25 KB of value, or a policy, with room. */
export const bodyLimit = 1_048_576;

/** For a TLS handshake. */
export const handshakeTimeout: Milliseconds = 10_000;

/** For a request's headers to arrive. */
export const headersTimeout: Milliseconds = 10_000;

/** For a whole request to arrive. */
export const requestTimeout: Milliseconds = 15_000;

/** For an idle connection to stay: longer than the idle time of common load balancers, which is a minute. */
export const keepAliveTimeout: Milliseconds = 75_000;

/** How often connections are looked through for requests that are late. */
export const timeoutCheckInterval: Milliseconds = 1_000;

/** Connections at a time. An idle one takes about 50 KB. */
export const maxConnections = 4_096;

/** TLS 1.2's cipher suites with forward secrecy and AEAD for our EC certificates; TLS 1.3's own before them. RFC 9325. */
export const cipherSuites = [
  ...["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"],
  ...["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"],
  "ECDHE-ECDSA-AES128-GCM-SHA256",
].join(":");
