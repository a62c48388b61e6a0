// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, utf8 } from "@strongroom/core";
import { createNvidiaVendor, type NvidiaReportRequest } from "@strongroom/testing";
import { toDeviceClaims } from "./device-claims.ts";
import { nvidiaRoots, verifyDevice } from "./verify-device.ts";

const vendor = createNvidiaVendor();
const roots = [{ name: "test", class: "software" as const, fingerprint: vendor.fingerprint }];
const nonce = new Uint8Array(32).fill(0x4e);
const at = new Date("2026-06-01T00:00:00Z");
const unasked = { nonce, revocation: "unbound" } as const;
const unbound = { nonce: "unbound", revocation: "unbound" } as const;
const verify = (request?: NvidiaReportRequest, instant = at) =>
  verifyDevice(vendor.device(request), roots, unasked, instant);
const digest = new Uint8Array(48);

describe("a report of an nvidia device", () => {
  it("is verified under the vendor's root, and under no other", () => {
    const verdict = verify();
    expect(verdict).toMatchObject({ claims: { binding: "bound", firmware: "checked" } });
    expect(verdict.kind === "verified" && toDeviceClaims(verdict.claims)).toMatchObject({
      ...{ eat_nonce: "4e".repeat(32), ueid: "7", "x-strongroom-class": "software" },
      "x-nvidia-gpu-driver-version": "590.12",
      "x-nvidia-gpu-vbios-version": "96.00.A5.00.01",
      "x-strongroom-nvidia-measurements": { "1": "01".repeat(48), "2": "02".repeat(48) },
    });
    expect(verifyDevice(vendor.device(), roots, unbound, at)).toMatchObject({
      claims: { binding: "unbound" },
    });
    expect(verifyDevice(vendor.device(), nvidiaRoots, unasked, at)).toMatchObject({
      class: "untrusted-chain",
    });
  });

  it.each<[string, string, NvidiaReportRequest, Date?]>([
    ["for another challenge", "binding-mismatch", { nonce: new Uint8Array(32) }, at],
    [
      "signed by another key",
      "bad-signature",
      { signer: generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey },
      at,
    ],
    ["of other firmware than its key's", "binding-mismatch", { opaque: [[20, digest]] }, at],
    ["whose key names no firmware", "binding-mismatch", { leaf: { extensions: {} } }, at],
    ["after its chain has expired", "expired", {}, new Date("2050-01-01T00:00:00Z")],
    ["before its chain is valid", "expired", {}, new Date("2021-01-01T00:00:00Z")],
    ["whose leaf is a CA", "untrusted-chain", { leaf: { isCa: true } }, at],
    ["whose leaf may not sign", "untrusted-chain", { leaf: { usage: 0x20 } }, at],
    ["whose intermediate is no CA", "untrusted-chain", { intermediate: { isCa: false } }, at],
    [
      "whose intermediate may not sign certificates",
      "untrusted-chain",
      { intermediate: { usage: 0x80 } },
      at,
    ],
    [
      "with a critical extension of unknown meaning",
      "untrusted-chain",
      { intermediate: { critical: true } },
      at,
    ],
    ["that no signature was asked for", "malformed", { request: [0x11, 0xe0, 0, 0xff] }, at],
    ["of one measurement alone", "malformed", { request: [0x11, 0xe0, 1, 1] }, at],
    ["of another version", "malformed", { response: [0x12, 0x60, 0, 0] }, at],
    ["that is an error", "malformed", { response: [0x11, 0x7f, 0, 0] }, at],
    ["with less measurements than it says", "malformed", { count: 3 }, at],
    [
      "with a measurement twice",
      "malformed",
      {
        measurements: [
          [1, digest],
          [1, digest],
        ],
      },
      at,
    ],
    ["with a short measurement", "malformed", { measurements: [[1, new Uint8Array(32)]] }, at],
    [
      "with a field twice",
      "malformed",
      {
        opaque: [
          [3, digest],
          [3, digest],
        ],
      },
      at,
    ],
  ])("is refused %s: %s", (_, refusal, request, instant) => {
    expect(verify(request, instant)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("is refused without certificates, and with its chain's middle missing", () => {
    const { report, certificates } = vendor.device();
    expect(verifyDevice({ report, certificates: [] }, roots, unasked, at)).toMatchObject({
      class: "endorsements-unavailable",
    });
    const gap = certificates.filter((_, index) => index !== 1);
    expect(verifyDevice({ report, certificates: gap }, roots, unasked, at)).toMatchObject({
      class: "untrusted-chain",
    });
  });

  it("is refused for its chain before anything that it says", () => {
    const request = { leaf: { isCa: true }, nonce: new Uint8Array(32), opaque: [] };
    expect(verify(request)).toMatchObject({ class: "untrusted-chain" });
  });

  it("is found by its lengths, whatever is behind it, and not when it is cut short", () => {
    const { report, certificates } = vendor.device();
    const longer = concatBytes(report, Uint8Array.of(7));
    expect(verifyDevice({ report: longer, certificates }, roots, unasked, at)).toMatchObject({
      claims: { report: { trailing: 1 } },
    });
    for (let length = 0; length < report.length; length += 13) {
      const cut = { report: report.slice(0, length), certificates };
      expect(verifyDevice(cut, roots, unasked, at)).toMatchObject({ class: "malformed" });
    }
  });

  it("is refused with one bit changed, wherever it is", () => {
    const { report, certificates } = vendor.device();
    for (let offset = 0; offset < report.length; offset += 7) {
      const changed = report.map((byte, index) => (index === offset ? byte ^ 1 : byte));
      const verdict = verifyDevice({ report: changed, certificates }, roots, unbound, at);
      expect([offset, verdict.kind]).toEqual([offset, "refused"]);
    }
  });

  it("is of firmware that its key's certificate names, in either extension, or that it does not name", () => {
    const running = new Uint8Array(48).fill(7, 0, 1);
    // Identifier of SHA-384, then a digest: that of nothing, and the running one's.
    const fwids = [digest, running].map((one) => `06096086480165030402020430${toHex(one)}`);
    const leaf = { extensions: { "2.23.133.5.4.1.1": fromHex(fwids.join("")) } };
    expect(verify({ leaf, opaque: [[20, running]] })).toMatchObject({
      claims: { firmware: "checked" },
    });
    expect(verify({ leaf, opaque: [[20, digest]] })).toMatchObject({ class: "binding-mismatch" });
    expect(verify({ opaque: [] })).toMatchObject({ claims: { firmware: "unnamed" } });
  });

  it("has a chain with one valid path, among others, of at most 16 certificates", () => {
    const { report, certificates } = vendor.device();
    const [leaf, intermediate, root] = certificates as [Uint8Array, Uint8Array, Uint8Array];
    const notAfter = new Date("2025-01-01T00:00:00Z");
    const expired = vendor.device({ intermediate: { notAfter } }).certificates[1] as Uint8Array;
    const kindWith = (chain: readonly Uint8Array[]) =>
      verifyDevice({ report, certificates: chain }, roots, unasked, at);
    for (const chain of [
      [leaf, expired, intermediate, root],
      [leaf, root, intermediate, expired],
      [leaf, ...Array<Uint8Array>(13).fill(expired), intermediate, root],
    ]) {
      expect(kindWith(chain).kind).toBe("verified");
    }
    expect(kindWith([leaf, expired, root])).toMatchObject({ class: "expired" });
    const many = [leaf, ...Array<Uint8Array>(14).fill(expired), intermediate, root];
    expect(kindWith(many)).toMatchObject({ class: "untrusted-chain" });
  });

  it("has versions as text up to its end, without what is not printable, where it has any", () => {
    const opaque = [
      [3, utf8("5\n90.1\u007f2")],
      [6, utf8("LS10\0rest")],
    ] as const;
    const verdict = verify({ opaque });
    expect(verdict.kind === "verified" && toDeviceClaims(verdict.claims)).toEqual({
      eat_nonce: "4e".repeat(32),
      hwmodel: "device",
      ueid: "7",
      "x-nvidia-gpu-driver-version": "590.12",
      "x-nvidia-gpu-vbios-version": "LS10",
      "x-strongroom-class": "software",
      "x-strongroom-nvidia-firmware": "unnamed",
      "x-strongroom-nvidia-measurements": { "1": "01".repeat(48), "2": "02".repeat(48) },
      "x-strongroom-root": vendor.fingerprint,
    });
    const ofSwitch = verify({ opaque: [[6, utf8("96.10.55.00.01")]] });
    const said = ofSwitch.kind === "verified" ? toDeviceClaims(ofSwitch.claims) : {};
    expect(Object.entries(said).filter(([name]) => name.startsWith("x-nvidia-"))).toEqual([
      ["x-nvidia-switch-bios-version", "96.10.55.00.01"],
    ]);
    const empty = verify({ opaque: [[3, utf8("\0rest")]] });
    expect(empty.kind === "verified" && toDeviceClaims(empty.claims)).toMatchObject({
      "x-nvidia-gpu-driver-version": "",
    });
    const unnamed = verify({ opaque: [] });
    const claims = unnamed.kind === "verified" ? toDeviceClaims(unnamed.claims) : {};
    expect(Object.keys(claims).filter((name) => name.endsWith("version"))).toEqual([]);
  });
});
