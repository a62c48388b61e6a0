// SPDX-License-Identifier: Apache-2.0
/** Parsers of documents with well-formed input to start from: CBOR, JSON, tokens, Azure's and NVIDIA's. */

import { generateKeyPairSync } from "node:crypto";
import { createNitroVendor } from "@strongroom/testing";
import { parseHclReport } from "../../packages/attestation/src/azure/parse-hcl-report.ts";
import { parseHclRuntimeData } from "../../packages/attestation/src/azure/parse-runtime-data.ts";
import { readAzureEvidence } from "../../packages/attestation/src/azure/read-azure-evidence.ts";
import { parseCcaToken } from "../../packages/attestation/src/cca/parse-cca-token.ts";
import { parseCcaPlatform } from "../../packages/attestation/src/cca/platform-claims.ts";
import { readPlatformKeys } from "../../packages/attestation/src/cca/read-platform-keys.ts";
import { parseCcaRealm } from "../../packages/attestation/src/cca/realm-claims.ts";
import { parseJwks } from "../../packages/attestation/src/jwt/jwks.ts";
import { type JwtIssuer, verifyJwt } from "../../packages/attestation/src/jwt/verify-jwt.ts";
import { verifyNras } from "../../packages/attestation/src/jwt/verify-nras.ts";
import { parseNitroDocument } from "../../packages/attestation/src/nitro/parse-nitro-document.ts";
import { parseSpdmReport } from "../../packages/attestation/src/nvidia/parse-spdm-report.ts";
import { readDeviceEvidence } from "../../packages/attestation/src/nvidia/read-device-evidence.ts";
import { readCbor } from "../../packages/attestation/src/read-cbor.ts";
import { parseStrictJson } from "../../packages/attestation/src/strict-json.ts";
import { bytesOf, type FuzzTarget, json, target, textOf } from "./fuzz-target.ts";

const at = new Date("2026-06-01T00:00:00Z");

/** Parsers of tokens, documents and JSON. */
export function documentTargets(): readonly FuzzTarget[] {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k" };
  const keys = parseJwks(json({ keys: [jwk] }));
  const issuer: JwtIssuer = {
    ...{ issuer: "unbound", audience: "unbound", algorithms: ["ES256"], keys },
    ...{ expiry: "optional", longestAge: 60 },
  };
  const nonce = "unbound" as const;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "ES256", kid: "k" })}.${part({ iat: 1 })}.${"A".repeat(86)}`;
  const document = createNitroVendor().document();
  const payload = document.slice(document.indexOf(0xa9));
  const hcl = new Uint8Array(1236 + 64);
  hcl.set(bytesOf("HCLA\u0001"));
  const runtime = json({
    keys: [{ kid: "HCLAkPub", kty: "RSA", key_ops: ["sign"], n: "AA", e: "AQAB" }],
  });
  return [
    target("CBOR", readCbor, 40, document),
    target("Nitro document", parseNitroDocument, 30, payload, document),
    target("CCA token", parseCcaToken, 20, document, Uint8Array.from([0xd9, 0x01, 0x8f, 0xa0])),
    target("CCA platform", parseCcaPlatform, 20, payload),
    target("CCA realm", parseCcaRealm, 20, payload),
    target("CCA platform keys", readPlatformKeys, 10, json(jwk), json({ keys: [jwk] })),
    target(
      "SPDM report",
      parseSpdmReport,
      60,
      Uint8Array.from({ length: 400 }, (_, i) => i % 7),
    ),
    target(
      "device evidence",
      (bytes) => readDeviceEvidence(bytes, []),
      10,
      json([{ evidence: "AA==" }]),
    ),
    target("key set", parseJwks, 3, json({ keys: [jwk] })),
    target("token", (bytes) => verifyJwt(textOf(bytes), issuer, { nonce }, at), 5, bytesOf(token)),
    target(
      "NRAS bundle",
      (bytes) => verifyNras(bytes, issuer, nonce, at),
      10,
      json([["JWT", token], { "GPU-0": token }]),
    ),
    target("JSON", parseStrictJson, 60, runtime, json({ a: [{ b: "\\u0000" }] })),
    target("HCL report", parseHclReport, 60, hcl),
    target("runtime data", parseHclRuntimeData, 5, runtime),
    target(
      "Azure evidence",
      readAzureEvidence,
      20,
      json({ quote: { message: [1], signature: [2], pcrs: [[3]] }, report: [4] }),
    ),
  ];
}
