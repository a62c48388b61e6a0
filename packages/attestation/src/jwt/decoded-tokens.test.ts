// SPDX-License-Identifier: Apache-2.0
/** Published tokens beside decoded copies and descriptions, each by its file. */

import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { readDeviceEvidence } from "../nvidia/read-device-evidence.ts";
import { hasJwtSignature } from "./algorithms.ts";
import { checkEar } from "./check-ear.ts";
import { readIssuerKeys } from "./read-issuer-keys.ts";
import { parseJwt } from "./verify-jwt.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const text = (path: string) => vectors?.text(path) ?? "{}";
const json = (path: string) => JSON.parse(text(path));
const decode = (value: string) => JSON.parse(Buffer.from(value, "base64url").toString());
const base64 = (value: string) => Buffer.from(value, "base64");
const opened = (token: string) => {
  const { header, payload, ...rest } = parseJwt(token.trim());
  return { header, claims: JSON.parse(Buffer.from(payload).toString()), ...rest };
};
const maa = "jwt-maa/ThomVanL__blog-2022-12-azure-confidential-computing-secure-key-release";

withVectors("a published token beside its decoded copy", () => {
  it("attestation-response.b64: attestation-response-header.json and attestation-response-body.json", () => {
    const { header, claims } = opened(text(`${maa}/attestation-response.b64`));
    expect(header).toEqual(json(`${maa}/attestation-response-header.json`));
    expect(claims).toEqual(json(`${maa}/attestation-response-body.json`));
  });

  it("keyvault-release-key-reponse-body.json: keyvault-release-key-decoded-header.json and keyvault-release-key-decoded-body.json, signed by the first certificate", () => {
    const token = opened(json(`${maa}/keyvault-release-key-reponse-body.json`).value);
    const header = json(`${maa}/keyvault-release-key-decoded-header.json`);
    const body = json(`${maa}/keyvault-release-key-decoded-body.json`);
    expect([token.header, token.claims]).toEqual([header, body]);
    const [leaf, issuer] = header.x5c.map((der: string) => new X509Certificate(base64(der)));
    expect(leaf.verify(issuer.publicKey)).toBe(true);
    expect(hasJwtSignature(leaf.publicKey, "RS256", token.signed, token.signature)).toBe(true);
    const { key, release_policy: policy } = body.response.key;
    // What was wrapped for the machine, and the policy that its attestation satisfied.
    expect(decode(key.key_hsm)).toEqual(json(`${maa}/key_hsm-decoded.json`));
    expect(decode(policy.data)).toEqual(json(`${maa}/cvm-release-policy.json`));
  });

  it("sample_attestation_data__hopperClaimsv3_detached_eat.json: sample_attestation_data__hopperClaimsv3_decoded.json", () => {
    const sample = "nvidia/NVIDIA__attestation-sdk/sample_attestation_data__hopperClaimsv3";
    const [, devices] = json(`${sample}_detached_eat.json`);
    const payloads = Object.entries<string>(devices).map(
      ([name, token]) => [name, opened(token).claims] as const,
    );
    expect(Object.fromEntries(payloads)).toEqual(json(`${sample}_decoded.json`));
  });
});

withVectors("published claims without a token", () => {
  it.each([
    ["ear-claims.json", undefined],
    ["ear-claims-extension-ok.json", undefined],
    ["ear-claims-tv-ok.json", undefined],
    ["ear-claims-key-attestation-ok.json", undefined],
    ["ear-claims-key-attestation-ko.json", "malformed"],
  ])("of an EAR, %s: %s", (name, refusal) => {
    expect(checkEar(json(`jwt-ear/veraison__ear/${name}`))?.class).toBe(refusal);
  });

  it.each([
    "gpu__detached_claims_local.json",
    "gpu__detached_claims_remote.json",
    "gpu__detached_granular_claims_local.json",
    "gpu__detached_granular_claims_remote.json",
    "gpu__overall_claims_local.json",
    "gpu__overall_claims_remote.json",
    "gpu__overall_granular_claims_local.json",
    "gpu__overall_granular_claims_remote.json",
    "switch__detached_claims_local.json",
    "switch__detached_granular_claims_local.json",
    "switch__detached_granular_claims_remote.json",
    "switch__overall_claims_local.json",
    "switch__overall_claims_remote.json",
    "switch__overall_granular_claims_local.json",
    "switch__overall_granular_claims_remote.json",
  ])("of NVIDIA's, %s: nobody signed them, and they prove nothing", (name) => {
    const file = vectors?.bytes(`nvidia/NVIDIA__nvtrust/${name}`) ?? new Uint8Array();
    let devices: unknown;
    try {
      devices = readDeviceEvidence(file, []);
    } catch (error) {
      expect(error).toEqual(malformedWith(""));
    }
    expect(devices).toBeUndefined();
    expect(() => parseJwt(text(`nvidia/NVIDIA__nvtrust/${name}`))).toThrow(malformedWith(""));
  });
});

withVectors("a published certificate of NVIDIA's service", () => {
  it("nras_gpu_x5c_chain.json has the key that its first certificate has", () => {
    const path = "nvidia/confidential-dot-ai__attestation-rs/nras_gpu_x5c_chain.json";
    const [key] = readIssuerKeys(vectors?.bytes(path) ?? new Uint8Array());
    const [leaf] = json(path).x5c.map((der: string) => new X509Certificate(base64(der)));
    expect(key?.key.equals(leaf.publicKey)).toBe(true);
  });
});
