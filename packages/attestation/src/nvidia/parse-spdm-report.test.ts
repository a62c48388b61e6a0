// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex } from "@strongroom/core";
import { createNvidiaVendor, type NvidiaReportRequest } from "@strongroom/testing";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { parseSpdmReport } from "./parse-spdm-report.ts";

const vendor = createNvidiaVendor();
const digest = (value: number) => new Uint8Array(48).fill(value);

/** Index, form, size, type, size, then bytes. */
const block = (head: string, ...rest: readonly Uint8Array[]) => concatBytes(fromHex(head), ...rest);

function parse(request: NvidiaReportRequest, behind = 0) {
  const { report } = vendor.device(request);
  return parseSpdmReport(concatBytes(report, new Uint8Array(behind)));
}

describe("a device's measurements", () => {
  it("have every field as it was written", () => {
    const { report } = vendor.device();
    expect(parseSpdmReport(report)).toEqual({
      nonce: new Uint8Array(32).fill(0x4e),
      measurements: new Map([
        [1, digest(1)],
        [2, digest(2)],
      ]),
      raw: new Map(),
      opaque: new Map([
        [3, new Uint8Array(Buffer.from("590.12\0"))],
        [6, fromHex("00a5009601000000")],
        [20, digest(0xf1)],
      ]),
      signed: report.slice(0, -96),
      signature: report.slice(-96),
      trailing: 0,
    });
  });

  it("may be none, fill more than a byte's length, and have 16 KiB with what is behind them", () => {
    expect(parse({ measurements: [], opaque: [] }).measurements.size).toBe(0);
    const many = Array.from({ length: 64 }, (_, index) => [index, digest(index)] as const);
    expect(parse({ measurements: many, opaque: [[0x1234, digest(1)]] })).toMatchObject({
      measurements: new Map(many),
      opaque: new Map([[0x1234, digest(1)]]),
    });
    const { length } = vendor.device().report;
    expect(parse({}, 16_384 - length).trailing).toBe(16_384 - length);
    expect(() => parse({}, 16_385 - length)).toThrow("too long");
  });

  it("may be no digests: what is of any length, and of none", () => {
    const state = block("0101070083040000000001");
    const manifest = block("fd0133008a3000", digest(9));
    const empty = block("0301030082" + "0000");
    const record = concatBytes(state, block("02013300013000", digest(2)), manifest, empty);
    expect(parse({ record, count: 4, isVersioned: true })).toMatchObject({
      measurements: new Map([[2, digest(2)]]),
      raw: new Map([
        [1, fromHex("00000001")],
        [0xfd, digest(9)],
        [3, new Uint8Array()],
      ]),
      opaque: new Map([
        [3, new Uint8Array(Buffer.from("590.12\0"))],
        [6, fromHex("00a5009601000000")],
        [20, digest(0xf1)],
      ]),
    });
    const twice = concatBytes(state, block("01013300013000", digest(1)));
    expect(() => parse({ record: twice, count: 2 })).toThrow("there twice");
    expect(() => parse({ record: concatBytes(state, state), count: 2 })).toThrow("there twice");
  });

  it("are as many bytes as three bytes say", () => {
    const { report } = vendor.device();
    // Behind the request of 37 bytes: four of the answer's header, a count, the length.
    for (const offset of [43, 44]) {
      const longer = report.with(offset, (report[offset] ?? 0) + 1);
      expect(() => parseSpdmReport(longer)).toThrow(malformedWith("bytes expected"));
    }
  });

  it.each<[string, string, NvidiaReportRequest]>([
    ["of another form than DMTF's", "another form", { record: block("01023300013000", digest(1)) }],
    [
      "whose digest is short",
      "another form",
      { record: block("01013200012f00", digest(1).slice(1)) },
    ],
    [
      "with bytes after a digest",
      "1 bytes after the end",
      {
        record: block("01013400013000", digest(1), Uint8Array.of(0)),
      },
    ],
    ["whose digest is cut off", "bytes expected", { record: block("01010300013000") }],
    [
      "of which one is there twice",
      "there twice",
      {
        measurements: [
          [1, digest(1)],
          [1, digest(2)],
        ],
      },
    ],
    ["of another number", "another number", { count: 1 }],
    [
      "with a field twice",
      "a field twice",
      {
        opaque: [
          [3, digest(1)],
          [3, digest(2)],
        ],
      },
    ],
    ["answered in another version", "not a signed report", { response: [0x10, 0x60, 0, 0] }],
    ["asked for in another version", "not a signed report", { request: [0x10, 0xe0, 1, 0xff] }],
    ["that are another message", "not a signed report", { request: [0x11, 0xe1, 1, 0xff] }],
  ])("are malformed %s: %s", (_, message, request) => {
    expect(() => parse({ count: request.record ? 1 : 2, ...request })).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
