// SPDX-License-Identifier: Apache-2.0
/** `strongroom receipt verify`: a receipt against heads that somebody kept, without any vault. */

import type { ReceiptPayload } from "@strongroom/api";
import { verifyReceipt } from "@strongroom/client";
import { isStrongroomError, type StrongroomError } from "@strongroom/core";
import type { CommandContext } from "../command-context.ts";
import { CommandError, say } from "../terminal.ts";
import {
  readHeadKey,
  readKeptHeads,
  readReceipt,
  readRootFingerprints,
} from "./read-receipt-files.ts";

/** Options. */
export interface VerifyReceiptOptions {
  readonly receipt?: string;
  readonly head: readonly string[];
  readonly headKey?: string;
  readonly trustRoot?: string;
}

/** What a receipt says, or why it is not believed. */
export type ReceiptVerdict =
  | { readonly verified: true; readonly receipt: ReceiptPayload }
  | { readonly verified: false; readonly reason: string };

/** Verifies, and prints the verdict as one JSON object. @throws {CommandError} `BadParameter` */
export async function verifyReceiptFile(
  context: CommandContext,
  options: VerifyReceiptOptions,
): Promise<ReceiptVerdict> {
  const { receipt, head, headKey, trustRoot } = options;
  if (receipt === undefined || (head.length === 0 && headKey === undefined)) {
    throw new CommandError("BadParameter", "give --receipt, and --head or --head-key");
  }
  const heads = (await Promise.all(head.map(readKeptHeads))).flat();
  const expectation = {
    receipt: await readReceipt(receipt),
    pinnedRootsSha256: trustRoot === undefined ? [] : await readRootFingerprints(trustRoot),
    heads: head.length === 0 ? undefined : heads,
    headKey: headKey === undefined ? undefined : await readHeadKey(headKey),
  };
  if (trustRoot === undefined) {
    say(context, "no release root was given: whoever signed the receipt is believed");
  }
  const verdict = await verifyReceipt(expectation).then(
    (payload) => ({ verified: true, receipt: payload }) as const,
    (error: unknown) => ({ verified: false, reason: untrusted(error).message }) as const,
  );
  context.stdout.write(`${JSON.stringify(verdict)}\n`);
  return verdict;
}

function untrusted(error: unknown): StrongroomError {
  if (isStrongroomError(error, "ResponseUntrusted")) {
    return error;
  }
  throw error;
}
