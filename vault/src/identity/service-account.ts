// SPDX-License-Identifier: Apache-2.0
/** ServiceAccount tokens, by TokenReview only. An API server that is away means no, never a stale yes. */

import { maxTokenLength } from "@strongroom/api";
import {
  type Clock,
  type Milliseconds,
  StrongroomError,
  sha256,
  toHex,
  utf8,
} from "@strongroom/core";
import type { InClusterClient, TokenReviewResult } from "@strongroom/kube/in-cluster";
import { decodeJwt } from "jose";
import type { KubernetesConfig } from "../config.ts";
import type { Authenticate, Caller, InstallationRole } from "./caller.ts";

/**
 * Longest time for which a positive answer is reused. The API server reuses its own for ten seconds too, so that a
 * deleted pod's token works for twenty at most.
 */
const positiveTtl: Milliseconds = 10_000;
/** Longest time for which a negative answer is reused, so that a fresh token is not locked out. */
const negativeTtl: Milliseconds = 1_000;
/** Most answers that are remembered. */
const maxAnswers = 4_096;

interface Answer {
  readonly caller: Caller | undefined;
  readonly until: number;
}

/** What authentication by TokenReview needs. */
export interface ServiceAccountDeps {
  readonly kubernetes: InClusterClient;
  readonly config: KubernetesConfig;
  /** The audience that tokens must be for. */
  readonly audience: string;
  readonly clock: Clock;
}

/** Whether a token claims to be for this installation by a cluster; nothing is believed of it yet. */
export function looksLikeServiceAccountToken(token: string, audience: string): boolean {
  if (token.length > maxTokenLength) {
    return false;
  }
  const claims = decodeUnverified(token);
  return (
    claims?.sub?.startsWith("system:serviceaccount:") === true &&
    audienceOf(claims.aud).includes(audience)
  );
}

/** Authenticates ServiceAccount tokens for one audience. */
export function createServiceAccountAuthentication(deps: ServiceAccountDeps): Authenticate {
  const answers = new Map<string, Answer>();
  return async (token) => {
    const now = deps.clock.now().getTime();
    const expiry = (decodeUnverified(token)?.exp ?? 0) * 1000;
    if (expiry <= now) {
      throw new StrongroomError("TokenInvalid", "the bearer token has expired");
    }
    const tokenHash = sha256(utf8(token));
    const key = toHex(tokenHash);
    const known = answers.get(key);
    const answer =
      known !== undefined && known.until > now ? known : await ask(deps, token, tokenHash, expiry);
    keep(answers, key, answer);
    if (answer.caller === undefined) {
      throw new StrongroomError("TokenInvalid", "the cluster does not accept the bearer token");
    }
    return answer.caller;
  };
}

async function ask(
  deps: ServiceAccountDeps,
  token: string,
  tokenHash: Uint8Array,
  expiry: number,
): Promise<Answer> {
  const review = await deps.kubernetes.createTokenReview({ token, audiences: [deps.audience] });
  const now = deps.clock.now().getTime();
  const isGood =
    review.authenticated && review.audiences.includes(deps.audience) && review.uid !== undefined;
  if (!isGood) {
    return { caller: undefined, until: now + negativeTtl };
  }
  return {
    caller: toCaller(deps.config, review, tokenHash),
    until: Math.min(now + positiveTtl, expiry),
  };
}

function toCaller(
  config: KubernetesConfig,
  review: TokenReviewResult,
  tokenHash: Uint8Array,
): Caller {
  const subject = review.username ?? "";
  const { podName, podUid, nodeName, nodeUid, uid } = review;
  const bound =
    podName !== undefined && podUid !== undefined && nodeName !== undefined && nodeUid !== undefined
      ? { podName, podUid, nodeName, nodeUid }
      : undefined;
  const roles: InstallationRole[] = [];
  if (subject === config.operator) {
    roles.push("operator");
  }
  if (subject === config.nodePlugin && bound !== undefined) {
    roles.push("node");
  }
  return {
    principal: { issuer: `kubernetes:${config.clusterUid}`, subject, accountUid: uid },
    ...(bound === undefined ? {} : { bound }),
    installationRoles: roles,
    tokenHash,
  };
}

function keep(answers: Map<string, Answer>, key: string, answer: Answer): void {
  answers.delete(key);
  answers.set(key, answer);
  const oldest = answers.keys().next();
  if (answers.size > maxAnswers && !oldest.done) {
    answers.delete(oldest.value);
  }
}

function decodeUnverified(token: string): ReturnType<typeof decodeJwt> | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

function audienceOf(audience: string | string[] | undefined): readonly string[] {
  return typeof audience === "string" ? [audience] : (audience ?? []);
}
