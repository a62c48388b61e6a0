// SPDX-License-Identifier: Apache-2.0
/** Platforms' keys in what people have: key sets, PEM, and trust anchor stores in which each key has its platform. */

import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { parseJwks } from "../jwt/jwks.ts";
import { readIssuerKeys } from "../jwt/read-issuer-keys.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";
import { asAscii } from "../text-encodings.ts";
import type { CcaPlatformKey } from "./verify-cca-token.ts";

const longest = 1_048_576;
const depth = 4;

/** Keys of one file; whoever names the file vouches for them. @throws {StrongroomError} `EvidenceMalformed` if it has none. */
export function readPlatformKeys(file: Uint8Array): readonly CcaPlatformKey[] {
  const text = asAscii(file)?.trim() ?? "";
  const json = /^[[{]/u.test(text) ? parseStrictJson(file, longest) : undefined;
  const anchors = json === undefined ? [] : findAnchors(json, depth);
  if (anchors.length > 0) {
    return anchors.map(toPlatformKey);
  }
  return readIssuerKeys(file).map(({ key }) => ({ name: "given", class: "software", key }));
}

/** Objects with a `pkey`, in a list or under any names; what a store denies is passed over. */
function findAnchors(value: unknown, left: number): readonly JsonObject[] {
  if (left === 0) {
    return [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((one) => findAnchors(one, left - 1));
  }
  if (!isJsonObject(value)) {
    return [];
  }
  return isJsonObject(value["pkey"])
    ? [value]
    : Object.entries(value).flatMap(([name, one]) =>
        name === "deny-list" ? [] : findAnchors(one, left - 1),
      );
}

function toPlatformKey(anchor: JsonObject): CcaPlatformKey {
  const [jwk] = parseJwks(new Uint8Array(Buffer.from(JSON.stringify(anchor["pkey"]))));
  if (jwk === undefined) {
    throw malformed("a trust anchor without a key");
  }
  return {
    ...{ name: "given", class: "software", key: jwk.key },
    ...toId("implementationId", anchor["implementation-id"]),
    ...toId("instanceId", anchor["instance-id"]),
  };
}

function toId(name: "implementationId" | "instanceId", value: unknown) {
  if (value === undefined) {
    return {};
  }
  const text = String(value);
  const isHex = /^(?:[0-9a-f]{2})+$/iu.test(text);
  return {
    [name]: isHex ? text.toLowerCase() : toHex(new Uint8Array(Buffer.from(text, "base64"))),
  };
}
