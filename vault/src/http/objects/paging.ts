// SPDX-License-Identifier: Apache-2.0
/** Key Vault's paging: `maxresults` from 1 to 25, and a link to the next page that the client follows as it is. */

import { fromBase64url, fromUtf8, StrongroomError, toBase64url, utf8 } from "@strongroom/core";
import { z } from "zod";
import { requireApiVersion } from "./object-wire.ts";

const querySchema = z.object({
  maxresults: z.coerce.number().int().min(1).max(25).default(25),
  $skiptoken: z.string().max(1024).optional(),
});

/** A page as a client asks for it. */
export interface WirePage {
  readonly limit: number;
  /** Record id behind which the page begins. */
  readonly after: string | undefined;
  /** Absent on routes of ours. */
  readonly apiVersion?: string;
}

/** @throws {ZodError | StrongroomError} `BadParameter` where the query is not one of a list. */
export function pageOf(query: unknown): WirePage {
  const apiVersion = requireApiVersion(query);
  return { ...ownPageOf(query), apiVersion };
}

/** The same for a route of ours, which has no api-version. */
export function ownPageOf(query: unknown): WirePage {
  const { maxresults, $skiptoken } = querySchema.parse(query);
  return { limit: maxresults, after: decode($skiptoken) };
}

/** The link to the page behind the record id `after`, or nothing where there is none. What else was asked for stands in `url`. */
export function nextLink(
  url: string,
  { limit, apiVersion }: WirePage,
  after: string | undefined,
): string | null {
  const token = after === undefined ? "" : toBase64url(utf8(after));
  const version = apiVersion === undefined ? "" : `api-version=${apiVersion}&`;
  const separator = url.includes("?") ? "&" : "?";
  const query = `${version}maxresults=${limit}&$skiptoken=${token}`;
  return token === "" ? null : `${url}${separator}${query}`;
}

function decode(token: string | undefined): string | undefined {
  try {
    return token === undefined ? undefined : fromUtf8(fromBase64url(token));
  } catch (cause) {
    throw new StrongroomError("BadParameter", "$skiptoken is not one of this vault", { cause });
  }
}
