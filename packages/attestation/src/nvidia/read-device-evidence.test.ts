// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { toHex, utf8 } from "@strongroom/core";
import { createNvidiaVendor, pemOf } from "@strongroom/testing";
import { readDeviceEvidence } from "./read-device-evidence.ts";

const { report, certificates } = createNvidiaVendor().device();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const pem = certificates.map((der) => pemOf("CERTIFICATE", der)).join("\n");
const one = { evidence: base64(report), certificate: base64(utf8(pem)) };
const json = (value: unknown) => utf8(JSON.stringify(value));
const [leaf = new Uint8Array()] = certificates;
const found = { report, certificates };

describe("a file with evidence of NVIDIA's devices", () => {
  it.each<[string, Uint8Array, readonly unknown[]]>([
    ["a list", json([one, one]), [found, found]],
    ["a list of the most devices", json(Array(64).fill(one)), Array(64).fill(found)],
    ["a list in an object", json({ evidence_list: [one] }), [found]],
    [
      "a text in what an agent answers",
      json({ intel_quote: "00", nvidia_payload: JSON.stringify({ evidence_list: [one] }) }),
      [found],
    ],
    ["a list under its other name", json({ evidences: [one] }), [found]],
    ["one device", utf8(`\n${JSON.stringify(one)}`), [found]],
    ["certificates in PEM as they are", json({ ...one, certificate: pem }), [found]],
    ["hexadecimal in base64", json({ ...one, evidence: base64(utf8(toHex(report))) }), [found]],
    [
      "one certificate in DER",
      json({ ...one, certificate: base64(leaf) }),
      [{ report, certificates: [leaf] }],
    ],
    ["a report in hexadecimal", utf8(toHex(report)), [{ report, certificates: [] }]],
    ["a report", report, [{ report, certificates: [] }]],
  ])("may hold it as %s", (_, file, devices) => {
    expect(readDeviceEvidence(file, [])).toEqual(devices);
  });

  it("has a report's certificates in files beside it: DER, and PEM with other blocks in it", () => {
    const chain = utf8(`${pemOf("PUBLIC KEY", leaf)}${pem}`);
    expect(readDeviceEvidence(report, [leaf, chain])).toEqual([
      { report, certificates: [leaf, ...certificates] },
    ]);
    // Certificates of JSON stand in it; those of files beside it are not its own.
    expect(readDeviceEvidence(json(one), [leaf])).toEqual([found]);
  });

  it.each<[string, Uint8Array]>([
    ["an empty list", json([])],
    ["a list that holds something else too", json([one, 1])],
    ["a list that holds nothing too", json([one, null])],
    ["text with a bracket in it", utf8("a {word}")],
    ["a list of which one has no evidence", json([one, {}])],
    ["an object about something else", json({ other: [one] })],
    ["a list that is none", json({ evidence_list: 1 })],
    ["evidence that is no text", json({ ...one, evidence: 1 })],
    ["another request", Uint8Array.of(0x11, 0xe1)],
    ["another version", Uint8Array.of(0x12, 0xe0)],
    ["nothing", new Uint8Array()],
  ])("is about something else: %s", (_, file) => {
    expect(readDeviceEvidence(file, [])).toBeUndefined();
  });

  it.each<[string, string, unknown]>([
    ["too many devices", "too many devices", Array(65).fill(one)],
    ["evidence that is neither hexadecimal nor base64", "no known form", { ...one, evidence: "?" }],
    ["no certificates", "no known form", { evidence: one.evidence }],
    ["certificates that are no text", "no known form", { ...one, certificate: 1 }],
    ["certificates in no known form", "no known form", { ...one, certificate: "?" }],
    ["certificates without an end", "no end", { ...one, certificate: pem.slice(0, 100) }],
  ])("is malformed with %s: %s", (_, message, value) => {
    expect(() => readDeviceEvidence(json(value), [])).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
