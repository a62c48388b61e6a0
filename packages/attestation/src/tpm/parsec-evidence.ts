// SPDX-License-Identifier: Apache-2.0
/** Parsec's TPM evidence: a map with a key attestation and a platform attestation, which is a quote. Parsec, "TPM attestation". */

import { ifWellFormed } from "../if-well-formed.ts";
import { isBytes, isCborMap, readCbor } from "../read-cbor.ts";
import type { TpmItem } from "./tpm-file-items.ts";

/** What of the map there is to verify here; undefined where the bytes are no such map. */
export function readParsecEvidence(bytes: Uint8Array): readonly TpmItem[] | undefined {
  // Anything of three bytes is CBOR: only maps are looked into.
  const map = (bytes[0] ?? 0) >> 5 === 5 ? ifWellFormed(() => readCbor(bytes)) : undefined;
  const platform = isCborMap(map) ? map.get("pat") : undefined;
  if (!isCborMap(platform)) {
    return undefined;
  }
  const [message, signature] = [platform.get("attestInfo"), platform.get("sig")];
  return isBytes(message) && isBytes(signature)
    ? [{ kind: "signed-quote", message, signature, pcrs: undefined }]
    : undefined;
}
