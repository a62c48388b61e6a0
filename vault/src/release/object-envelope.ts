// SPDX-License-Identifier: Apache-2.0
/** Payload of the envelope of one released object: what was asked, and what was released, under the kind's own word. Azure's for keys. */

/** What was asked for. */
export interface EnvelopeRequest {
  readonly apiVersion: string;
  /** Id as the caller named it, with or without a version. */
  readonly id: string;
  readonly enc: string;
  readonly nonce: string | undefined;
}

/** The payload. @param released Members by one name: `key`, `secret` or `certificate`. */
export function objectEnvelope(
  { apiVersion, enc, id, nonce }: EnvelopeRequest,
  released: Readonly<Record<string, object>>,
) {
  const request = { "api-version": apiVersion, enc, kid: id };
  return {
    request: { ...request, ...(nonce === undefined ? {} : { nonce }) },
    response: released,
  };
}
