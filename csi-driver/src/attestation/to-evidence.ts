// SPDX-License-Identifier: Apache-2.0
/** A quote and what it is bound to, in the form in which evidence travels. */

import type { TpmEvidence } from "@strongroom/api";
import { toBase64url } from "@strongroom/core";
import type { Logged } from "../event-log/event-log-source.ts";
import type { Quote } from "./evidence-collector.ts";

/** @param runtimeData The very bytes whose hash was quoted. */
export function toEvidence(quoted: Logged<Quote>, runtimeData: Uint8Array): TpmEvidence {
  return {
    type: "tpm",
    akPublic: toBase64url(quoted.akPublic),
    quote: toBase64url(quoted.quote),
    signature: toBase64url(quoted.signature),
    pcrs: { sha256: quoted.pcrs },
    runtimeData: toBase64url(runtimeData),
    ...(quoted.eventLog === undefined ? {} : { eventLog: toBase64url(quoted.eventLog) }),
  };
}
