// SPDX-License-Identifier: Apache-2.0
/** Tokens as NVIDIA's service signs them, by a key of our own. */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { sha256, toHex, utf8 } from "@strongroom/core";
import { parseJwks } from "../jwt/jwks.ts";

const key = generateKeyPairSync("ec", { namedCurve: "P-384" });
/** Whom nobody trusts. */
export const forger = generateKeyPairSync("ec", { namedCurve: "P-384" });
/** When the tokens are valid. */
export const at = new Date("2026-06-01T00:10:00Z");
const iat = Date.parse("2026-06-01T00:00:00Z") / 1000;
/** The service, whom every test trusts. */
export const issuer = {
  issuer: "https://nras.test",
  audience: "unbound",
  algorithms: ["ES384"],
  keys: parseJwks(utf8(JSON.stringify(key.publicKey.export({ format: "jwk" })))),
  expiry: "required",
  longestAge: 3600,
} as const;
/** What the service says of a device that is well. */
export const sound = { measres: "success", dbgstat: "disabled", secboot: true };

/** A token of the service, or of somebody else. */
export function mint(claims: object, privateKey: KeyObject = key.privateKey): string {
  const all = { iss: issuer.issuer, iat, exp: iat + 3600, eat_nonce: "aa", ...claims };
  const parts = [{ alg: "ES384", kid: "nv" }, all].map((one) =>
    Buffer.from(JSON.stringify(one)).toString("base64url"),
  );
  const signature = sign("sha384", utf8(parts.join(".")), {
    key: privateKey,
    dsaEncoding: "ieee-p1363",
  });
  return [...parts, signature.toString("base64url")].join(".");
}

/** A bundle: the token over these devices, and theirs. */
export function bundleOf(
  devices: Readonly<Record<string, string>>,
  overall: object = {},
): readonly unknown[] {
  const submods = Object.fromEntries(
    Object.entries(devices).map(([name, token]) => [
      name,
      ["DIGEST", ["SHA-256", toHex(sha256(utf8(token)))]],
    ]),
  );
  return [["JWT", mint({ "x-nvidia-overall-att-result": true, submods, ...overall })], devices];
}
