// SPDX-License-Identifier: Apache-2.0
/** Evidence of any kind as the authority handles it: bytes, what they are bound to, and how they are verified. */

import { type EvidenceKind, maxRuntimeDataBytes } from "@strongroom/api";
import { parseStrictJson, type Verdict } from "@strongroom/attestation";
import {
  fromBase64url,
  fromUtf8,
  type JsonValue,
  parseJson,
  StrongroomError,
  sha256,
} from "@strongroom/core";
import type { LedgerTransaction } from "../../ledger/ledger.ts";
import type { AttestationRules } from "../rules/attestation-rules.ts";

/** Claims as JSON. */
export type Claims = { readonly [name: string]: JsonValue };

/** The configured root that vouched for evidence. */
export interface AppraisedRoot {
  readonly name: string;
  readonly class: "hardware" | "virtual" | "software";
  readonly fingerprint: string;
}

/** What accepted evidence says. */
export interface Appraisal {
  /** What was measured, in Azure Attestation's names; tier, class and root in ours. Nothing that a requester chose. */
  readonly claims: Claims;
  readonly root: AppraisedRoot;
  /** Id of the device that is bound to the node, where the kind has one that outlives its boot. */
  readonly device?: string;
}

/** What verification works with. */
export interface Verification {
  readonly tx: LedgerTransaction;
  readonly rules: AttestationRules;
  /** SHA-256 of the runtime data. */
  readonly binding: Uint8Array;
  /** Of the node plugin that asks; undefined for evidence without a nonce of ours. */
  readonly nodeUid: string | undefined;
  readonly at: Date;
}

/** Data that evidence is bound to. */
export interface BoundData {
  readonly bytes: Uint8Array;
  readonly type: "JSON" | "Binary";
}

/** Evidence. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** SHA-256 of what was signed by the TEE, for the audit log. */
  readonly digest: Uint8Array;
  readonly runtimeData: BoundData;
  /** Further claims that the requester chose, under Azure Attestation's names for such. */
  readonly requested?: Claims;
  readonly verify: (verification: Verification) => Promise<Verdict<Appraisal>>;
}

/** What every request with runtime data has. */
export interface RequestParts {
  readonly runtimeData: { readonly data: string; readonly dataType: "JSON" | "Binary" };
  readonly nonce?: string | undefined;
  readonly endorsements?: readonly string[] | undefined;
}

/** The members that requests have in common. */
export function commonParts({ runtimeData, nonce }: RequestParts) {
  return {
    runtimeData: { bytes: fromBase64url(runtimeData.data), type: runtimeData.dataType },
    ...(nonce === undefined ? {} : { requested: { nonce } }),
  };
}

/** What a TEE was started with, where the request says so. */
export interface InitTime {
  /** SHA-256, which the hardware must have been told. */
  readonly digest: Uint8Array | undefined;
  /** The data themselves, where they are JSON: they are what was hashed, and nothing measured them otherwise. */
  readonly requested: Claims;
}

/** Reads init-time data. @throws {StrongroomError} `EvidenceMalformed` if they are said to be JSON and are not */
export function initTimeOf(initTimeData: RequestParts["runtimeData"] | undefined): InitTime {
  if (initTimeData === undefined) {
    return { digest: undefined, requested: {} };
  }
  const { data, dataType } = initTimeData;
  const bytes = fromBase64url(data);
  return {
    digest: sha256(bytes),
    requested: dataType === "JSON" ? { "x-ms-inittime": readInitTime(bytes) } : {},
  };
}

/**
 * What was hashed has to be what every reader reads: no name twice, nothing nested without end. It is in the token, so that it has
 * to be short.
 */
function readInitTime(bytes: Uint8Array): JsonValue {
  return parseStrictJson(bytes, maxRuntimeDataBytes) as JsonValue;
}

/** Files of endorsements. */
export function filesOf({ endorsements = [] }: Pick<RequestParts, "endorsements">) {
  return endorsements.map(fromBase64url);
}

/** REPORT_DATA of SNP, TDX and SGX: the digest, then zeros. */
export function reportDataOf(binding: Uint8Array): Uint8Array {
  const reportData = new Uint8Array(64);
  reportData.set(binding);
  return reportData;
}

/** JSON in base64url. @throws {StrongroomError} `EvidenceMalformed` */
export function decodeJson(data: string): unknown {
  try {
    return parseJson(fromUtf8(fromBase64url(data)));
  } catch (cause) {
    throw new StrongroomError("EvidenceMalformed", "data is not base64url of JSON", { cause });
  }
}
