// SPDX-License-Identifier: Apache-2.0
/** Bounds of the HSM host's socket, each with its unit and reason. */

/** Longest frame in bytes, without its length prefix: a page of heads is the largest message there is. */
export const maxFrameBytes = 1024 * 1024;

/** Longest frame before the client has shown the start-up secret: a Hello is below 100 bytes. */
export const maxHelloBytes = 1024;

/** Requests that the host holds at a time, over all connections; one P-256 signature takes some 35 microseconds. */
export const maxInFlight = 256;

/** RSA keys that are made or wait to be made at a time: 4,096 bits take some 2 seconds, and much longer now and then. */
export const maxGenerating = 8;

/** Longest wait in milliseconds for a key to be made, the keys before it included. */
export const generationTimeoutMs = 60_000;

/** Longest time in milliseconds that a connection may take to show the secret. */
export const helloTimeoutMs = 5_000;

/** Connections at a time: the vault has one, and a few more come and go while it restarts. */
export const maxConnections = 16;

/** Unsent answers in bytes beyond which the host stops reading from a connection. */
export const maxUnsentBytes = 1024 * 1024;

/** Most random bytes in one request. */
export const maxRandomBytes = 1024;

/** Longest blob in bytes: header (at most 4 KiB), one wrapped key, tag. */
export const maxBlobBytes = 16 * 1024;

/** Most data in bytes that one request encrypts, decrypts, or has a code computed over: a millisecond of the token's time. */
export const maxDataBytes = 256 * 1024;

/** Longest key in bytes that a caller has wrapped or taken in: PKCS #8 of RSA-4096 is below 2,500. */
export const maxCallerKeyBytes = 4 * 1024;

/** Longest label or context of a subkey in bytes. */
export const maxDerivationBytes = 4 * 1024;

/** Longest scope or key id in characters. */
export const maxNameLength = 253;

/** Heads in one page: about 110 bytes each. */
export const headsPerPage = 1_000;

/** Heads that count after a rollback: one request has them all. */
export const maxRollbackHeads = 8_000;

/** Hashes in a consistency proof: two for each bit of a tree's size at most. */
export const maxProofHashes = 128;
