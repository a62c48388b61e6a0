// SPDX-License-Identifier: Apache-2.0
/** The answer of a TokenReview. authentication.k8s.io/v1; pod and node are in `extra`. */

import { z } from "zod";

/** What the API server says of a token. Pod and node are there for pod-bound tokens only. */
export interface TokenReviewResult {
  readonly authenticated: boolean;
  /** Audiences of those asked for that the token is for; empty if the authenticator ignores audiences. */
  readonly audiences: readonly string[];
  readonly username: string | undefined;
  readonly uid: string | undefined;
  readonly podName: string | undefined;
  readonly podUid: string | undefined;
  readonly nodeName: string | undefined;
  readonly nodeUid: string | undefined;
}

const extraSchema = z.record(z.string(), z.array(z.string()).optional());

/** A TokenReview, as far as we read it. */
export const tokenReviewSchema = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    audiences: z.array(z.string()).default([]),
    user: z
      .object({
        username: z.string().optional(),
        uid: z.string().optional(),
        extra: extraSchema.optional(),
      })
      .optional(),
  }),
});

/** The same, flat. */
export function toTokenReviewResult(
  status: z.output<typeof tokenReviewSchema>["status"],
): TokenReviewResult {
  const { authenticated, audiences, user } = status;
  const extra = (name: string) => user?.extra?.[`authentication.kubernetes.io/${name}`]?.[0];
  return {
    authenticated,
    audiences,
    username: user?.username,
    uid: user?.uid,
    podName: extra("pod-name"),
    podUid: extra("pod-uid"),
    nodeName: extra("node-name"),
    nodeUid: extra("node-uid"),
  };
}
