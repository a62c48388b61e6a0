// SPDX-License-Identifier: Apache-2.0
/** What a ceremony is asked to do, as the host tells the process that performs it. */

import { fromBase64url, parseJson, StrongroomError, toBase64url } from "@strongroom/core";
import { z } from "zod";
import { type Quorum, requireQuorum } from "../domain/custodians.ts";
import { decodeRestore, type Restore } from "../domain/restore-file.ts";
import type { VerbRequests } from "../wire/verb-messages.ts";

/**
 * `activate` makes the first keys, `recover` puts the keys of a domain on a token without keys, `rotate` makes another
 * generation, `retire` destroys all but the newest.
 */
export type CeremonyRequest =
  | { readonly kind: "activate"; readonly quorum: Quorum }
  | { readonly kind: "recover"; readonly restore: Restore }
  | { readonly kind: "rotate"; readonly quorum?: Quorum; readonly restore?: Restore }
  | { readonly kind: "retire" };

/** @throws {StrongroomError} `BadParameter` naming what is wrong. */
export function toCeremonyRequest(payload: VerbRequests["beginCeremony"]): CeremonyRequest {
  const { kind, certificates, required, restore } = payload;
  switch (kind) {
    case "activate":
      return { kind, quorum: requireQuorum(certificates, required) };
    case "recover":
      return { kind, restore: decodeRestore(restore) };
    case "rotate":
      return {
        kind,
        ...(certificates.length > 0 && { quorum: requireQuorum(certificates, required) }),
        ...(restore.length > 0 && { restore: decodeRestore(restore) }),
      };
    case "retire":
      return { kind };
    default:
      throw new StrongroomError("BadParameter", "the HSM host performs no such ceremony");
  }
}

const schema = z.strictObject({
  kind: z.string(),
  certificates: z.array(z.string()),
  required: z.int(),
  restore: z.string(),
});

/** The request as text for another process; nothing in it is secret. */
export function encodeCeremony(payload: VerbRequests["beginCeremony"]): string {
  return JSON.stringify({
    kind: payload.kind,
    certificates: payload.certificates.map(toBase64url),
    required: payload.required,
    restore: toBase64url(payload.restore),
  });
}

/** The request of such text. */
export function decodeCeremony(text: string): CeremonyRequest {
  const { certificates, restore, ...rest } = schema.parse(parseJson(text));
  return toCeremonyRequest({
    ...rest,
    certificates: certificates.map(fromBase64url),
    restore: fromBase64url(restore),
  });
}
