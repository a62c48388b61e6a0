// SPDX-License-Identifier: Apache-2.0
/** Has a TDREPORT of an Azure machine quoted by its metadata service. Azure, "Confidential VM guest attestation design". */

import {
  exchangeLinkLocal,
  fromBase64url,
  parseJson,
  StrongroomError,
  toBase64url,
} from "@strongroom/core";
import { z } from "zod";
import { teeAnswerBytes, teeTimeout } from "../limits.ts";

const answerSchema = z.object({
  quote: z
    .base64url()
    .min(1)
    .max(2 * teeAnswerBytes),
});

/**
 * The quote of a report.
 *
 * @param url Base of the metadata service, link-local.
 * @throws {StrongroomError} `TeeUnavailable` if the service does not answer; `TeeFailed` if it answers no quote.
 */
export async function requestTdQuote(
  url: string,
  report: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { status, body } = await exchangeLinkLocal({
    url: `${url}/acc/tdquote`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ report: toBase64url(report) }),
    ...{
      timeoutMs: teeTimeout,
      maxBytes: 2 * teeAnswerBytes,
      unavailable: "TeeUnavailable",
      signal,
    },
  });
  if (status === 429 || status >= 500) {
    throw new StrongroomError("TeeUnavailable", `the metadata service answers ${status}`);
  }
  const parsed = status === 200 ? parseAnswer(body) : undefined;
  if (parsed === undefined) {
    throw new StrongroomError("TeeFailed", `the metadata service answers no quote (${status})`);
  }
  return parsed;
}

function parseAnswer(body: Uint8Array): Uint8Array | undefined {
  try {
    const { quote } = answerSchema.parse(parseJson(Buffer.from(body).toString("utf8")));
    return fromBase64url(quote.replace(/=+$/, ""));
  } catch {
    // Whatever it was, it is no quote: the caller says so.
    return undefined;
  }
}
