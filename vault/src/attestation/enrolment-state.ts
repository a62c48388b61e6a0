// SPDX-License-Identifier: Apache-2.0
/** What the vault knows between the two steps of an enrolment: carried by the caller in an authenticated id. */

import { createHmac } from "node:crypto";
import {
  equalBytes,
  fromBase64url,
  fromUtf8,
  parseJson,
  StrongroomError,
  toBase64url,
  utf8,
} from "@strongroom/core";
import { z } from "zod";

const schema = z.strictObject({
  v: z.literal(1),
  device: z.string(),
  akName: z.string(),
  root: z.strictObject({
    name: z.string(),
    class: z.enum(["hardware", "virtual", "software"]),
    fingerprint: z.string(),
  }),
  nodeName: z.string(),
  nodeUid: z.string(),
  /** SHA-256 of the secret: 256 bits of entropy, so that the hash tells nothing. */
  secretHash: z.string(),
  /** Milliseconds since the epoch. */
  expires: z.number(),
});

/** State of an enrolment that waits for its activation. */
export type EnrolmentState = z.infer<typeof schema>;

/** The state as an id: JSON and its HMAC-SHA-256. */
export function sealState(key: Uint8Array, state: EnrolmentState): string {
  const body = utf8(JSON.stringify(state));
  return `${toBase64url(body)}.${toBase64url(macOf(key, body))}`;
}

/** The state of an id. @throws {StrongroomError} `NonceInvalid` if it is not ours or has expired. */
export function openState(key: Uint8Array, id: string, at: Date): EnrolmentState {
  const [body = "", mac = ""] = id.split(".");
  const bytes = decode(body);
  if (!equalBytes(macOf(key, bytes), decode(mac))) {
    throw new StrongroomError("NonceInvalid", "the enrolment id is not one of this vault");
  }
  const state = schema.parse(parseJson(fromUtf8(bytes)));
  if (at.getTime() >= state.expires) {
    throw new StrongroomError("NonceInvalid", "the enrolment id has expired");
  }
  return state;
}

function macOf(key: Uint8Array, body: Uint8Array): Uint8Array {
  return new Uint8Array(
    createHmac("sha256", key).update("strongroom/enrolment/v1\0").update(body).digest(),
  );
}

function decode(text: string): Uint8Array {
  try {
    return fromBase64url(text);
  } catch (cause) {
    throw new StrongroomError("NonceInvalid", "the enrolment id is not one of this vault", {
      cause,
    });
  }
}
