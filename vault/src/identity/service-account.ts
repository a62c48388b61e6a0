// SPDX-License-Identifier: Apache-2.0
/** ServiceAccount tokens, by TokenReview only. An API server that is away means no, never a stale yes. */

import { maxTokenLength } from "@strongroom/api";
import {
  type Clock,
  type Milliseconds,
  requireShallowToken,
  StrongroomError,
  sha256OfText,
  toHex,
} from "@strongroom/core";
import type { InClusterClient, TokenReviewResult } from "@strongroom/kube/in-cluster";
import { decodeJwt, type JWTPayload } from "jose";
import type { KubernetesConfig } from "../config.ts";
import type { Caller, InstallationRole } from "./caller.ts";
import { maxAnswers } from "./limits.ts";

/**
 * Longest time for which a positive answer is reused. The API server reuses its own for ten seconds too, so that a
 * deleted pod's token works for twenty at most.
 */
const positiveTtl: Milliseconds = 10_000;
/** Longest time for which a negative answer is reused, so that a fresh token is not locked out. */
const negativeTtl: Milliseconds = 1_000;

interface Answer {
  readonly caller: Caller | undefined;
  readonly until: number;
}

/** What authentication by TokenReview needs. */
export interface ServiceAccountDeps {
  readonly kubernetes: Pick<InClusterClient, "createTokenReview">;
  readonly config: KubernetesConfig;
  /** The audience that tokens must be for. */
  readonly audience: string;
  /** Acceptable `iss`; empty: any. */
  readonly issuers: readonly string[];
  readonly clock: Pick<Clock, "now">;
}

/** Whether a token claims to be for this installation by this cluster; nothing is believed of it yet. */
function isClaimed(token: string, { issuers, audience }: ServiceAccountDeps): boolean {
  if (token.length > maxTokenLength) {
    return false;
  }
  const claims = decodeUnverified(token);
  return (
    claims?.sub?.startsWith("system:serviceaccount:") === true &&
    audienceOf(claims.aud).includes(audience) &&
    (issuers.length === 0 || issuers.includes(claims.iss ?? ""))
  );
}

/** Authenticates ServiceAccount tokens for one audience; answers `undefined` for a token that does not claim to be one. */
export function createServiceAccountAuthentication(
  deps: ServiceAccountDeps,
): (token: string) => Promise<Caller> | undefined {
  const answers = new Map<string, Answer>();
  const asking = new Map<string, Promise<Answer>>();
  const settle = async (key: string, answer: Answer): Promise<Caller> => {
    keep(answers, key, answer);
    if (answer.caller === undefined) {
      throw new StrongroomError("TokenInvalid", "the cluster does not accept the bearer token");
    }
    return answer.caller;
  };
  return (token) => {
    const now = deps.clock.now().getTime();
    const tokenHash = sha256OfText(token);
    const key = toHex(tokenHash);
    // Before it is decoded: most requests come with a token that was asked about.
    const known = answers.get(key);
    if (known !== undefined && known.until > now) {
      return settle(key, known);
    }
    return isClaimed(token, deps)
      ? askOnce(asking, key, () => ask(deps, token, tokenHash)).then((one) => settle(key, one))
      : undefined;
  };
}

// Requests with one token that come together make one review.
function askOnce(
  asking: Map<string, Promise<Answer>>,
  key: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const underWay = asking.get(key) ?? ask().finally(() => asking.delete(key));
  asking.set(key, underWay);
  return underWay;
}

async function ask(
  deps: ServiceAccountDeps,
  token: string,
  tokenHash: Uint8Array,
): Promise<Answer> {
  // The answer is as old as the question: what changes while it is under way is seen in time.
  const asked = deps.clock.now().getTime();
  const expiry = (decodeUnverified(token)?.exp ?? 0) * 1000;
  if (expiry <= asked) {
    throw new StrongroomError("TokenInvalid", "the bearer token has expired");
  }
  const review = await deps.kubernetes.createTokenReview({ token, audiences: [deps.audience] });
  const caller = toCaller(deps, review, tokenHash);
  return {
    caller,
    until: caller === undefined ? asked + negativeTtl : Math.min(asked + positiveTtl, expiry),
  };
}

function toCaller(
  { config, audience }: ServiceAccountDeps,
  review: TokenReviewResult,
  tokenHash: Uint8Array,
): Caller | undefined {
  const { username: subject = "", uid, podName, podUid, nodeName, nodeUid } = review;
  const isGood = review.authenticated && review.audiences.includes(audience);
  if (!isGood || uid === undefined || !subject.startsWith("system:serviceaccount:")) {
    return undefined;
  }
  const bound =
    podName !== undefined && podUid !== undefined && nodeName !== undefined && nodeUid !== undefined
      ? { nodeName, nodeUid, podName, podUid }
      : undefined;
  const roles: InstallationRole[] = [];
  if (subject === config.operator) {
    roles.push("operator");
  }
  if (subject === config.nodePlugin && bound !== undefined) {
    roles.push("node");
  }
  if (config.securityOfficers.includes(subject)) {
    roles.push("securityOfficer");
  }
  if (config.auditors.includes(subject)) {
    roles.push("auditor");
  }
  if (config.backupOperators.includes(subject)) {
    roles.push("backupOperator");
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

function decodeUnverified(token: string): JWTPayload | undefined {
  try {
    requireShallowToken(token);
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

function audienceOf(audience: string | string[] | undefined): readonly string[] {
  return typeof audience === "string" ? [audience] : (audience ?? []);
}
