// SPDX-License-Identifier: Apache-2.0
/** Finds the pod's token for this installation among what kubelet put into `secrets`. Kubernetes KEP-5538. */

import { parseJsonIfAny, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import { tokensLength } from "../limits.ts";
import { tokensKey } from "../names.ts";

const Tokens = z.record(
  z.string(),
  z.object({ token: z.string().min(1), expirationTimestamp: z.string().optional() }),
);

/**
 * The token for `audience`. Nothing of what was found is ever part of an error.
 *
 * @throws {StrongroomError} `BadParameter` for other secrets (`nodePublishSecretRef`), `TokenMissing` without a token.
 */
export function parsePodToken(secrets: Readonly<Record<string, string>>, audience: string): string {
  if (Object.keys(secrets).some((key) => key !== tokensKey)) {
    throw new StrongroomError("BadParameter", "nodePublishSecretRef is not allowed");
  }
  const parsed = Tokens.safeParse(parseTokens(secrets[tokensKey]));
  const token = parsed.success ? parsed.data[audience]?.token : undefined;
  if (token === undefined) {
    throw new StrongroomError(
      "TokenMissing",
      `no token for audience ${audience}: the CSIDriver needs tokenRequests and serviceAccountTokenInSecrets`,
    );
  }
  return token;
}

function parseTokens(text = ""): unknown {
  return text.length > tokensLength ? undefined : parseJsonIfAny(text);
}
