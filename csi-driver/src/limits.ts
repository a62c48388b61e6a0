// SPDX-License-Identifier: Apache-2.0
/** Every bound of the node plugin, with its unit and its reason. */

import type { Milliseconds } from "@strongroom/core";

/** Size of one volume's tmpfs, in bytes. */
export const volumeBytes = 1024 * 1024;

/** Inodes of one volume's tmpfs: 64 files and their links, twice, with room. */
export const volumeInodes = 1024;

/**
 * Bytes that the files of one volume may take, in whole pages. Less than half of the volume, because a rotation holds
 * the old and the new files side by side.
 */
export const contentBytes = 480 * 1024;

/** Bytes that one page takes: tmpfs accounts files in these. */
export const pageBytes = 4096;

/** Bytes that all volumes of the node may take together, unless configured. */
export const nodeBytes = 64 * 1024 * 1024;

/** Secrets that one volume may name. */
export const volumeItems = 64;

/** Bytes of one gRPC message: a volume's attributes and one token are a few KiB. */
export const messageBytes = 256 * 1024;

/** Characters of kubelet's JSON of tokens. */
export const tokensLength = 32 * 1024;

/** How long publishing waits for a vault, and how long what a vault said counts. */
export interface PublishWaits {
  /** A first publish waits inside the call; kubelet gives a call two minutes. */
  readonly first: Milliseconds;
  /** A republish does not: the pod runs already and nothing depends on the answer. */
  readonly again: Milliseconds;
  /** A republish this soon after rights were checked asks nobody. */
  readonly rightsFresh: Milliseconds;
}

/** What the program uses; tests are less patient. */
export const publishWaits: PublishWaits = { first: 90_000, again: 10_000, rightsFresh: 60_000 };

/** Left of a caller's deadline for cleaning up after a wait. */
export const deadlineReserve: Milliseconds = 5_000;

/** How often the node attests itself anew. */
export const attestEvery: Milliseconds = 600_000;

/** How long one attestation may take, enrolment and a slow TPM included. */
export const attestTimeout: Milliseconds = 60_000;

/** A token this close to its end is not presented any more. */
export const tokenMargin: Milliseconds = 30_000;

/** How long a refusal of this node's evidence is answered from memory. */
export const refusalKept: Milliseconds = 5_000;

/** How long an attempt that failed for want of vault or TPM is answered from memory. */
export const failureKept: Milliseconds = 500;

/** First and last waiting time between attempts that may help. */
export const backOff = { first: 250, last: 10_000 } as const;

/** How long a replaced set of files stays, for readers that have just resolved the link to it. */
export const oldFilesKept: Milliseconds = 250;

/** How long a child process may run. */
export const childTimeout: Milliseconds = 10_000;

/** Largest group id. Linux keeps 2^32 - 1 for "no group". */
export const largestGid = 0xffff_fffe;

/** Waits between attempts at a TEE's device that is busy, in milliseconds. */
export const tsmWaits = [20, 50, 100, 250, 500, 1_000, 2_000] as const;

/** Waits before an event log that does not give what was quoted is read again, in milliseconds. */
export const eventLogWaits = [100, 400] as const;

/** Bytes of an event log's file: firmware's areas have 64 or 256 KiB, and what the library parses is bounded so. */
export const eventLogAreaBytes = 1_048_576;

/** Bytes of one answer of a TEE's device: quotes have below 10 KiB, certificate tables below 20. */
export const teeAnswerBytes = 65_536;

/** How long a TEE's helper or provider may take; a quote may wait for a service of the host. */
export const teeTimeout: Milliseconds = 30_000;

/** How long an attestation waits for endorsements; the vault may have its own. */
export const endorsementWait: Milliseconds = 25_000;

/** Bytes of an evidence provider's answer: evidence, and endorsements beside it. */
export const providerAnswerBytes = 1_048_576;
