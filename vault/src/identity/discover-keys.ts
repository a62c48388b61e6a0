// SPDX-License-Identifier: Apache-2.0
/** An issuer's key set, by discovery over HTTPS. OpenID Connect Discovery 1.0, sections 3 and 4. */

import { readFile } from "node:fs/promises";
import { exchangeHttps, parseJson, StrongroomError } from "@strongroom/core";
import type { JSONWebKeySet } from "jose";
import { z } from "zod";
import { parseKeySet } from "./issuer-keys.ts";
import { issuerTimeout, maxIssuerBytes } from "./limits.ts";

/** An issuer and who certifies its hosts. */
export interface IssuerPlace {
  readonly issuer: string;
  /** PEM file of the CAs that the issuer's servers must have their certificates from; read at each fetch. */
  readonly caFile: string;
}

const discoverySchema = z.object({
  issuer: z.string().optional(),
  jwks_uri: z.url({ protocol: /^https$/ }),
});

/**
 * Where the API server of a cluster publishes its keys. Such an issuer's tokens are its API server's to judge: a key set
 * cannot tell that a pod is gone.
 */
const clusterKeysPath = /\/openid\/v1\/jwks$/;

/**
 * Fetches the key set.
 *
 * @throws {StrongroomError} `IssuerUnavailable` if there is none to be had; `BadParameter` if the issuer is a cluster's.
 */
export async function discoverKeys({ issuer, caFile }: IssuerPlace): Promise<JSONWebKeySet> {
  const ca = await readCa(caFile);
  const keysUrl = await discoverKeysUrl(issuer, ca, (named) => named === issuer);
  if (clusterKeysPath.test(new URL(keysUrl).pathname)) {
    throw new StrongroomError("BadParameter", "the issuer is a cluster's own");
  }
  return parseKeySet(await fetchIssuerJson(keysUrl, ca));
}

/**
 * Where an issuer's discovery document says that its keys are.
 *
 * @param isIssuer Whether that is the issuer whom the document names, if it names one.
 * @throws {StrongroomError} `IssuerUnavailable` if there is no such document, or it is another issuer's.
 */
export async function discoverKeysUrl(
  issuer: string,
  ca: string,
  isIssuer: (named: string | undefined) => boolean,
): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const parsed = discoverySchema.safeParse(await fetchIssuerJson(url, ca));
  if (!parsed.success || !isIssuer(parsed.data.issuer)) {
    throw new StrongroomError("IssuerUnavailable", "discovery answers for another issuer");
  }
  return parsed.data.jwks_uri;
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new StrongroomError("IssuerUnavailable", "cannot read the issuer's CA", { cause });
  }
}

/**
 * What an issuer's server answers; nothing for another status than 200. Redirects are not followed: they could lead anywhere.
 *
 * @param ca PEM of the CAs that the server must have its certificate from.
 * @throws {StrongroomError} `IssuerUnavailable` if there is no answer, or one that is not JSON.
 */
export async function fetchIssuerJson(url: string, ca: string): Promise<unknown> {
  const { hostname, port, pathname, search } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const { status, body } = await exchangeHttps({
    options: {
      ...{ ca, host, port: port === "" ? 443 : Number(port), path: `${pathname}${search}` },
      method: "GET",
      headers: { accept: "application/json" },
    },
    timeoutMs: issuerTimeout,
    maxBytes: maxIssuerBytes,
    unavailable: "IssuerUnavailable",
  });
  try {
    return status === 200 ? parseJson(body) : undefined;
  } catch (cause) {
    throw new StrongroomError("IssuerUnavailable", "the issuer's answer is not JSON", { cause });
  }
}
