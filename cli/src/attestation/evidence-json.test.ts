// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { unwrapRequest } from "./evidence-json.ts";

const json = (value: unknown) => utf8(JSON.stringify(value));
const evidence = { quote: "BAACAA", of: [1, 2] };
const base64url = Buffer.from(json(evidence)).toString("base64url");

describe("evidence in a request", () => {
  it.each<[string, unknown]>([
    ["to the key broker", { "tee-pubkey": { kty: "EC" }, "tee-evidence": evidence }],
    ["to the key broker, as text", { "tee-pubkey": {}, "tee-evidence": JSON.stringify(evidence) }],
    [
      "to the key broker, beside a device's",
      { "tee-evidence": { primary_evidence: evidence, additional_evidence: "{}" } },
    ],
    ["to the attestation service", { tee: "tdx", evidence: base64url }],
    ["of a list", { verification_requests: [{ tee: "tdx", evidence: base64url }], policy_ids: [] }],
  ])("is what was sent %s", (_, request) => {
    expect(JSON.parse(Buffer.from(unwrapRequest(json(request))).toString())).toEqual(evidence);
  });

  it.each<[string, Uint8Array]>([
    ["bytes", Uint8Array.of(4, 0, 2, 0)],
    ["a token", utf8("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")],
    ["JSON of a device", json([{ evidence: "AAAA", certificate: "AAAA" }])],
    ["evidence itself", json(evidence)],
    ["a request of two", json({ verification_requests: [{ tee: "a" }, { tee: "b" }] })],
    ["a request whose evidence is no JSON", json({ tee: "tdx", evidence: "BAACAA" })],
    ["JSON that is none", utf8('{"tee-evidence":{"a":1,"a":2}}')],
  ])("stays as it is where the file is %s", (_, file) => {
    expect(unwrapRequest(file)).toBe(file);
  });
});
