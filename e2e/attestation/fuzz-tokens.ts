// SPDX-License-Identifier: Apache-2.0
/** Parsers of JSON, of tokens and of their issuers' keys. */

import { generateKeyPairSync, sign } from "node:crypto";
import { mintIntelEvidence, pemOf } from "@strongroom/testing";
import { readPlatformKeys } from "../../packages/attestation/src/cca/read-platform-keys.ts";
import { checkEar } from "../../packages/attestation/src/jwt/check-ear.ts";
import { parseJwks } from "../../packages/attestation/src/jwt/jwks.ts";
import type { JwtIssuer } from "../../packages/attestation/src/jwt/jwt-issuer.ts";
import { readIssuerKeys } from "../../packages/attestation/src/jwt/read-issuer-keys.ts";
import { readNrasBundles } from "../../packages/attestation/src/jwt/read-nras-bundles.ts";
import { parseJwt, verifyJwt } from "../../packages/attestation/src/jwt/verify-jwt.ts";
import { verifyNras } from "../../packages/attestation/src/jwt/verify-nras.ts";
import { isJsonObject, parseStrictJson } from "../../packages/attestation/src/strict-json.ts";
import { bytesOf, type FuzzTarget, json, target, textOf } from "./fuzz-target.ts";

const at = new Date("2026-06-01T00:00:00Z");

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k" };

/** All of them. */
export function tokenTargets(): readonly FuzzTarget[] {
  const keys = parseJwks(json({ keys: [jwk] }));
  const issuer: JwtIssuer = {
    ...{ issuer: "unbound", audience: "unbound", algorithms: ["ES256"], keys },
    ...{ expiry: "optional", longestAge: 3_600 },
  };
  const nonce = "unbound" as const;
  const token = signed({ iat: at.getTime() / 1000, nested: { a: [1] } });
  const overall = signed({ iat: at.getTime() / 1000, submods: {} });
  const bundle = [["JWT", overall], { "GPU-0": token }];
  const bundles = [json(bundle), json([["JWT", overall], { REMOTE_GPU_CLAIMS: bundle }])] as const;
  const ear = { "ear.status": "affirming", "ear.trustworthiness-vector": { hardware: 2 } };
  return [
    target("JSON", parseStrictJson, 60, json(bundle), json({ a: [{ b: "\u0000" }, -1.5e3, true] })),
    target("token's parts", (bytes) => parseJwt(textOf(bytes)), 10, bytesOf(token)),
    target("token", (bytes) => verifyJwt(textOf(bytes), issuer, { nonce }, at), 5, bytesOf(token)),
    target("NRAS bundle", (bytes) => verifyNras(bytes, issuer, nonce, at), 10, ...bundles),
    target("bundles of tokens", readNrasBundles, 20, ...bundles),
    target(
      "EAR",
      (bytes) => checkClaims(parseStrictJson(bytes)),
      20,
      json({ submods: { a: ear } }),
      json({ ear_status: "none", submods: { a: { ear_status: "none" } } }),
    ),
    ...keyFiles(),
  ];
}

/** Checks what a token's claims are, of which its verification has taken nothing but an object. */
function checkClaims(claims: unknown) {
  return isJsonObject(claims) ? checkEar(claims) : undefined;
}

function signed(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${part({ alg: "ES256", kid: "k" })}.${part(claims)}`;
  const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
}

function keyFiles(): readonly FuzzTarget[] {
  const { pki } = mintIntelEvidence();
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  const certificate = bytesOf(pemOf("CERTIFICATE", pki.ca.der));
  const x5c = { x5c: [Buffer.from(pki.ca.der).toString("base64")] };
  const anchor = { pkey: jwk, "implementation-id": "AA==", "instance-id": "01" };
  return [
    target("key set", parseJwks, 3, json({ keys: [jwk, x5c] })),
    target("issuer's keys", readIssuerKeys, 2, certificate, bytesOf(pemOf("PUBLIC KEY", spki))),
    target("CCA platform keys", readPlatformKeys, 10, json(jwk), json({ store: [anchor] })),
  ];
}
