// SPDX-License-Identifier: Apache-2.0
/** Bundles of NVIDIA's tokens in the files that people have: the service's answer, nvattest's, and that of NVIDIA's Python SDK. */

import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";

/** A token over all devices of a kind, and the token of each by its name; none is verified. RFC 9711, section 5. */
export interface NrasBundle {
  readonly overall: string;
  readonly devices: JsonObject;
}

/** GPUs and switches, each attested by the service or by the machine itself. */
const most = 4;

/** Bytes of a file: a device's token has some 5 KB, and more where measurements differ. */
const longest = 1_048_576;

/**
 * Reads `[["JWT", token], {"GPU-0": token, …}]`; nvattest has it in `detached_eat`, and NVIDIA's Python SDK has one or more,
 * named as `REMOTE_GPU_CLAIMS`, in the devices' place. The SDK's own token beside them is left out: it says nothing of a
 * device, and its key is published.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none of them.
 */
export function readNrasBundles(bytes: Uint8Array): readonly NrasBundle[] {
  const json = parseStrictJson(bytes, longest);
  const outer = toBundle(isJsonObject(json) ? json["detached_eat"] : json);
  const values = Object.values(outer.devices);
  if (values.length === 0 || !values.every(Array.isArray)) {
    return [outer];
  }
  if (values.length > most) {
    throw malformed("too many bundles of tokens");
  }
  return values.map(toBundle);
}

function toBundle(value: unknown): NrasBundle {
  const [head, devices]: readonly unknown[] = Array.isArray(value) ? value : [];
  const [label, overall]: readonly unknown[] = Array.isArray(head) ? head : [];
  if (label !== "JWT" || typeof overall !== "string" || !isJsonObject(devices)) {
    throw malformed("not a bundle of tokens");
  }
  return { overall, devices };
}
