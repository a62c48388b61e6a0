// SPDX-License-Identifier: Apache-2.0
/** The logs of a vault that runs elsewhere: asked of the process that started this one, which is connected to it. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { auditLeavesSchema, auditLogsSchema, maxLeavesPerPage } from "@strongroom/api";
import { fromBase64url, type SignedHead, StrongroomError } from "@strongroom/core";
import type { z } from "zod";
import type { LeafSource } from "../ledger/verify-logs.ts";
import type { StoredLeaf } from "../store/store.ts";

/** What is asked; each question is answered before the next one. */
export type Question =
  | { readonly kind: "logs" }
  | {
      readonly kind: "leaves";
      readonly log: string;
      readonly from: number;
      readonly limit: number;
    };

/** Asks. */
export type Ask = (question: Question) => Promise<unknown>;

/** A vault's logs, as far as its newest head goes. */
export interface RemoteLogs {
  readonly source: LeafSource;
  readonly head: SignedHead;
  readonly headKey: KeyObject;
}

/** Asks the parent process over the channel that it opened. @throws {StrongroomError} `BadParameter` where there is none */
export const askParent: Ask = async (question) => {
  if (process.send === undefined) {
    throw new StrongroomError("BadParameter", "nobody is there who is connected to a vault");
  }
  const answered = once(process, "message");
  process.send(question);
  const [answer] = await answered;
  return answer;
};

/** Opens them. What is written from now on, also about these very questions, is not looked at. */
export async function openRemoteLogs(ask: Ask): Promise<RemoteLogs> {
  const { logs, head, headKey } = parsed(auditLogsSchema, await ask({ kind: "logs" }));
  const endOf = (log: string) => (log === head.log ? head.size : Number.MAX_SAFE_INTEGER);
  return {
    head,
    headKey: createPublicKey({
      key: Buffer.from(fromBase64url(headKey)),
      format: "der",
      type: "spki",
    }),
    source: {
      pageSize: maxLeavesPerPage,
      logs: async () => logs,
      leaves: async (log, { from, limit }) => {
        const page: StoredLeaf[] = [];
        const end = Math.min(from + limit, endOf(log));
        for (let index = from; index < end; index = from + page.length) {
          const question = { kind: "leaves", log, from: index, limit: end - index } as const;
          const { leaves } = parsed(auditLeavesSchema, await ask(question));
          if (leaves.length === 0) {
            break;
          }
          for (const leaf of leaves.slice(0, end - index)) {
            page.push({ log, index: from + page.length, bytes: fromBase64url(leaf) });
          }
        }
        return page;
      },
    },
  };
}

function parsed<T>(schema: z.ZodType<T>, answer: unknown): T {
  const { data, success } = schema.safeParse(answer);
  if (!success) {
    throw new StrongroomError("ResponseUntrusted", "the vault's answer has an unknown form");
  }
  return data;
}
