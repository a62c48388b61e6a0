// SPDX-License-Identifier: Apache-2.0
/** A quote as Keylime's agents answer it: an `r`, then message, signature and values in base64 with colons between. Keylime, "REST API", quotes. */

import { malformed } from "../byte-reader.ts";
import { readSerializedPcrs } from "./pcr-files.ts";
import type { TpmItem } from "./tpm-file-items.ts";

const form = /^r([A-Za-z0-9+/]+={0,2}):([A-Za-z0-9+/]+={0,2}):([A-Za-z0-9+/]+={0,2})$/u;

/** The quote; undefined where the text is not of this form. @throws {StrongroomError} `EvidenceMalformed` if its values are none. */
export function readKeylimeQuote(text: string): TpmItem | undefined {
  const found = form.exec(text);
  if (found === null) {
    return undefined;
  }
  const [message, signature, values] = found
    .slice(1)
    .map((part) => new Uint8Array(Buffer.from(part, "base64")));
  const [pcrs] = (values && readSerializedPcrs(values)) ?? [];
  if (message === undefined || signature === undefined || pcrs?.kind !== "pcrs") {
    throw malformed("an agent's quote with values in another form");
  }
  return { kind: "signed-quote", message, signature, pcrs: pcrs.banks };
}
