// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { createNvidiaVendor, pemOf } from "@strongroom/testing";
import { readDeviceEvidence } from "./read-device-evidence.ts";
import { readDeviceWrapper } from "./read-device-wrapper.ts";

const { report, certificates } = createNvidiaVendor().device();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const pem = certificates.map((der) => pemOf("CERTIFICATE", der)).join("\n");
const evidence = ["application/vnd.nvidia.spdm-measurement-transcript", base64(report)];
const certificate = ["application/vnd.nvidia.pem-cert-chain", base64(utf8(pem))];
const nonce = ["application/octet-stream", base64(new Uint8Array(32))];
const item = { __cmwc_t: "tag:nvidia.com,2026:evidence-item/v1", evidence, certificate };
const __cmwc_t = "tag:nvidia.com,2026:verifier-input/profiles/base/pre-1.0.0";
const read = (value: unknown) => readDeviceEvidence(utf8(JSON.stringify(value)), []);

describe("a collection of conceptual messages", () => {
  it("has each device's report and certificates, whatever the devices are called", () => {
    const found = { report, certificates };
    expect(read({ __cmwc_t, gpu_0: item })).toEqual([found]);
    expect(read({ nonce, other: item, __cmwc_t, gpu_1: { ...item, nonce, hints: [] } })).toEqual([
      found,
      found,
    ]);
    const many = (count: number) => Object.fromEntries(Array(count).fill(item).entries());
    expect(read({ __cmwc_t, ...many(64) })).toHaveLength(64);
    expect(() => read({ __cmwc_t, ...many(65) })).toThrow("too many devices");
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["is not called one", { gpu_0: item }],
    ["is called one by no text", { __cmwc_t: 1, gpu_0: item }],
    ["has records alone", { __cmwc_t, nonce }],
    ["has nothing", { __cmwc_t }],
  ])("is something else where it %s", (_, value) => {
    expect(readDeviceWrapper(value)).toBeUndefined();
  });

  it.each<[string, string, Readonly<Record<string, unknown>>]>([
    ["no evidence", "evidence of another type", { ...item, evidence: undefined }],
    ["evidence that is no record", "evidence of another type", { ...item, evidence: evidence[1] }],
    ["a token", "evidence of another type", { ...item, evidence: ["application/eat+cwt", "AA"] }],
    ["evidence of no text", "evidence of another type", { ...item, evidence: [evidence[0], 1] }],
    ["certificates of another type", "certificate of another", { ...item, certificate: nonce }],
    ["no certificates", "certificate of another", { ...item, certificate: undefined }],
  ])("is malformed with a device that has %s: %s", (_, message, device) => {
    expect(() => read({ __cmwc_t, gpu_0: item, gpu_1: device })).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
