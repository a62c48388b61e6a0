// SPDX-License-Identifier: Apache-2.0
/** How Intel judges a level: status, since when, and which advisories apply. Intel PCS API version 4. */

import { malformed } from "../byte-reader.ts";
import type { ScannedObject } from "../scan-json.ts";
import { instantField, optionalTexts, textField } from "./json-fields.ts";

const statuses = [
  "UpToDate",
  "SWHardeningNeeded",
  "ConfigurationNeeded",
  "ConfigurationAndSWHardeningNeeded",
  "OutOfDate",
  "OutOfDateConfigurationNeeded",
  "Revoked",
] as const;

/** A status as Intel writes it. */
export type LevelStatus = (typeof statuses)[number];

/** What a platform, a TDX module and a quoting enclave come to together. */
export type TcbStatus =
  | LevelStatus
  | "TDRelaunchAdvised"
  | "TDRelaunchAdvisedConfigurationNeeded"
  | "NotSupported";

/** The judgement of a level. */
export interface TcbStanding {
  readonly status: LevelStatus;
  /** Instant, RFC 3339: no issue that was known then is open. */
  readonly date: string;
  readonly advisories: readonly string[];
}

/** Most advisories of one level; real ones have below 30. */
const mostAdvisories = 256;

/** Reads a level's judgement. @throws {StrongroomError} `EvidenceMalformed` if it is none that is specified. */
export function parseStanding(level: ScannedObject): TcbStanding {
  const text = textField(level, "tcbStatus");
  const status = statuses.find((one) => one === text);
  if (status === undefined) {
    throw malformed("a tcb level has a status that is not specified");
  }
  instantField(level, "tcbDate");
  const advisories = optionalTexts(level, "advisoryIDs", mostAdvisories);
  return { status, date: textField(level, "tcbDate"), advisories };
}

/** Orders levels of one security version, newest first. */
export function byNewest(a: { readonly isvSvn: number }, b: { readonly isvSvn: number }): number {
  return b.isvSvn - a.isvSvn;
}
