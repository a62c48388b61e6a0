// SPDX-License-Identifier: Apache-2.0
/** The few API server calls that the vault makes, without the Kubernetes client: token reviews and one ConfigMap. */

import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import {
  type ErrorCode,
  exchangeHttps,
  type HttpsResponse,
  type Milliseconds,
  parseJson,
  StrongroomError,
} from "@strongroom/core";
import { z } from "zod";
import { createSemaphore } from "./semaphore.ts";
import { type TokenReviewResult, tokenReviewSchema, toTokenReviewResult } from "./token-review.ts";

export type { TokenReviewResult } from "./token-review.ts";

/** Where kubelet puts the pod's own credentials. */
const credentialsDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Token reviews in flight; more would let strangers' tokens crowd the API server. */
const maxReviewsInFlight = 32;
/** Token reviews that wait for one of those; the rest is refused at once. */
const maxReviewsWaiting = 512;
/** Bytes of an answer: the largest is a ConfigMap, which the API server bounds at 1 MiB. */
const maxResponseBytes = 2 * 1024 * 1024;

/** Where the API server is. */
export interface InClusterOptions {
  /** `KUBERNETES_SERVICE_HOST`. */
  readonly host: string;
  /** `KUBERNETES_SERVICE_PORT`. */
  readonly port: number;
  /** File of the ServiceAccount token, read again for each call because kubelet rotates it. */
  readonly tokenFile?: string | undefined;
  /** File of the API server's CA. */
  readonly caFile?: string | undefined;
  /** Limit of one call; default 5000. */
  readonly timeoutMs?: Milliseconds | undefined;
}

/** The API server, as the vault's ServiceAccount sees it. Every call throws `ApiServerUnavailable` without an answer. */
export interface InClusterClient extends Disposable {
  /** Reviews a token. A yes counts only if `audiences` holds ours. @throws {StrongroomError} `TooManyRequests` */
  createTokenReview(review: {
    readonly token: string;
    readonly audiences: readonly string[];
  }): Promise<TokenReviewResult>;
  /** `iss` of our own token, which other accounts' tokens have as well; nothing where the token is none of a cluster. */
  tokenIssuer(): Promise<string | undefined>;
  /** `data` of a ConfigMap. @throws {StrongroomError} `NotFound`, `Forbidden` */
  getConfigMap(namespace: string, name: string): Promise<Readonly<Record<string, string>>>;
  /** Merges `data` into a ConfigMap; other keys stay. @throws {StrongroomError} `NotFound`, `Forbidden` */
  patchConfigMap(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
  ): Promise<void>;
}

/** Opens a keep-alive connection pool to the API server of this cluster. */
export function createInClusterClient(options: InClusterOptions): InClusterClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const reviews = createSemaphore(maxReviewsInFlight, maxReviewsWaiting);
  const call = (method: string, path: string, body?: object) =>
    callApiServer({ options, agent }, method, path, body);
  return {
    createTokenReview: (spec) =>
      reviews.run(async () => {
        const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec };
        const answer = await call("POST", "/apis/authentication.k8s.io/v1/tokenreviews", body);
        return toTokenReviewResult(parseAnswer(tokenReviewSchema, answer).status);
      }),
    tokenIssuer: async () => issuerOf((await readCredentials(options))[0]),
    getConfigMap: async (namespace, name) =>
      parseAnswer(configMapSchema, await call("GET", configMapPath(namespace, name))).data,
    patchConfigMap: async (namespace, name, data) => {
      await call("PATCH", configMapPath(namespace, name), { data });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

const configMapSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

function configMapPath(namespace: string, name: string): string {
  const parts = [namespace, name].map((part) => encodeURIComponent(part));
  return `/api/v1/namespaces/${parts[0]}/configmaps/${parts[1]}`;
}

async function callApiServer(
  { options, agent }: { readonly options: InClusterOptions; readonly agent: Agent },
  method: string,
  path: string,
  body: object | undefined,
): Promise<unknown> {
  const [token, ca] = await readCredentials(options);
  const response = await exchangeHttps({
    options: {
      agent,
      ca,
      host: options.host,
      port: options.port,
      method,
      path,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token.trim()}`,
        ...(body !== undefined && { "content-type": contentType(method) }),
      },
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    timeoutMs: options.timeoutMs ?? 5_000,
    maxBytes: maxResponseBytes,
    unavailable: "ApiServerUnavailable",
  });
  return toAnswer(response);
}

async function readCredentials(options: InClusterOptions): Promise<readonly [string, string]> {
  try {
    return await Promise.all([
      readFile(options.tokenFile ?? `${credentialsDirectory}/token`, "utf8"),
      readFile(options.caFile ?? `${credentialsDirectory}/ca.crt`, "utf8"),
    ]);
  } catch (cause) {
    throw new StrongroomError("ApiServerUnavailable", "cannot read own credentials", { cause });
  }
}

const tokenClaimsSchema = z.object({ iss: z.string() });

// It is our own token, from a file that kubelet wrote: there is nothing to verify.
function issuerOf(token: string): string | undefined {
  const payload = token.split(".")[1] ?? "";
  try {
    const claims: unknown = parseJson(Buffer.from(payload, "base64url").toString("utf8"));
    return tokenClaimsSchema.safeParse(claims).data?.iss;
  } catch {
    return undefined;
  }
}

function contentType(method: string): string {
  return method === "PATCH" ? "application/merge-patch+json" : "application/json";
}

function toAnswer({ status, body }: HttpsResponse): unknown {
  if (status < 200 || status > 299) {
    throw new StrongroomError(codeOf(status), `the API server answered ${status}`);
  }
  try {
    return parseJson(body) as unknown;
  } catch (cause) {
    throw new StrongroomError("ApiServerUnavailable", "the API server's answer is not JSON", {
      cause,
    });
  }
}

function parseAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) {
    throw new StrongroomError("ApiServerUnavailable", "the API server's answer is not understood", {
      cause: parsed.error,
    });
  }
  return parsed.data;
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    default:
      return "ApiServerUnavailable";
  }
}
