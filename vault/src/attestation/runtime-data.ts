// SPDX-License-Identifier: Apache-2.0
/** What evidence is bound to: a nonce and release keys of ours, or whatever a stock client sends. */

import { type RuntimeData, runtimeDataSchema } from "@strongroom/api";
import { isJsonObject, parseStrictJson } from "@strongroom/attestation";
import { isStrongroomError, type JsonValue } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { BoundData, Claims } from "./evidence/evidence.ts";

/** Runtime data as it was found. */
export type FoundRuntimeData =
  | { readonly kind: "challenged"; readonly read: () => RuntimeData }
  | { readonly kind: "unchallenged"; readonly claims: Claims };

/**
 * Reads runtime data. What has a nonce is ours and closed: a requester adds nothing that a policy might take for
 * measured. `read` throws `EvidenceMalformed`, inside the decision, so that it is recorded.
 */
export function findRuntimeData(data: BoundData): FoundRuntimeData {
  const json = data.type === "JSON" ? tryParse(data.bytes) : undefined;
  if (isJsonObject(json) && Object.hasOwn(json, "nonce")) {
    return { kind: "challenged", read: () => readOurs(json) };
  }
  if (data.type === "JSON" && !isJsonObject(json)) {
    return { kind: "challenged", read: () => readOurs(json) };
  }
  const claims: Claims = isJsonObject(json) ? { "x-ms-runtime": json as JsonValue } : {};
  return { kind: "unchallenged", claims };
}

function readOurs(json: unknown): RuntimeData {
  const parsed = runtimeDataSchema.safeParse(json);
  if (!parsed.success) {
    throw new Refusal("EvidenceMalformed", "the runtime data is not what a node plugin sends");
  }
  return parsed.data;
}

function tryParse(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return undefined;
    }
    throw error;
  }
}
