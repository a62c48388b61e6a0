// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, utf8 } from "@strongroom/core";
import { readCbor } from "../read-cbor.ts";
import { encodeNsmRequest, readNsmBuffer, readNsmResponse } from "./nsm-messages.ts";

describe("a request for a Nitro document", () => {
  it("has these bytes", () => {
    expect(toHex(encodeNsmRequest(Uint8Array.of(1, 2)))).toBe(
      "a16b4174746573746174696f6ea369757365725f64617461420102656e6f6e6365f66a7075626c69635f6b6579f6",
    );
  });

  it.each([
    [0, "40"],
    [23, "57"],
    [24, "5818"],
    [255, "58ff"],
    [256, "590100"],
    [512, "590200"],
  ])("holds %d bytes of user data behind %s", (length, head) => {
    const userData = new Uint8Array(length).fill(7);
    const request = encodeNsmRequest(userData);
    expect(toHex(request)).toContain(`${toHex(utf8("user_data"))}${head}`);
    expect(request).toHaveLength(43 + head.length / 2 + length);
    const read = readCbor(request) as ReadonlyMap<string, ReadonlyMap<string, unknown>>;
    const members = read.get("Attestation");
    expect(members?.get("user_data")).toEqual(userData);
    expect([members?.get("nonce"), members?.get("public_key"), members?.size]).toEqual([
      null,
      null,
      3,
    ]);
  });

  it("holds no more", () => {
    expect(() => encodeNsmRequest(new Uint8Array(513))).toThrow("at most 512");
  });
});

describe("the answer", () => {
  const attestation = concatBytes(Uint8Array.of(0xa1, 0x6b), utf8("Attestation"));
  it("has the document", () => {
    const answer = concatBytes(
      attestation,
      fromHex("a1"),
      fromHex("68"),
      utf8("document"),
      fromHex("420908"),
    );
    expect(readNsmResponse(answer)).toEqual(Uint8Array.of(9, 8));
  });

  it.each([
    [
      "an error",
      concatBytes(fromHex("a165"), utf8("Error"), fromHex("6f"), utf8("InvalidArgument")),
    ],
    ["another member", concatBytes(attestation, fromHex("a0"))],
    [
      "text for the document",
      concatBytes(attestation, fromHex("a168"), utf8("document"), fromHex("6161")),
    ],
    [
      "more behind it",
      concatBytes(attestation, fromHex("a1"), fromHex("68"), utf8("document"), fromHex("42090800")),
    ],
    ["nothing", new Uint8Array()],
  ])("is no document with %s", (_, answer) => {
    expect(() => readNsmResponse(answer)).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});

describe("an answer in NitroTPM's buffer", () => {
  const answer = concatBytes(
    fromHex("a16b4174746573746174696f6e"),
    fromHex("a168646f63756d656e74420908"),
  );

  it.each([
    ["nothing", ""],
    ["zeros", "0000"],
    ["what an erased memory holds", "ffff"],
    ["what was there before", "a1616101"],
  ])("is read with %s behind it", (_, rest) => {
    expect(readNsmBuffer(concatBytes(answer, fromHex(rest)))).toEqual(Uint8Array.of(9, 8));
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["half of it", answer.slice(0, -1)],
    ["an error", fromHex("a1654572726f726f496e76616c6964417267756d656e74")],
    ["no cbor", new Uint8Array(16).fill(0xff)],
  ])("is malformed as %s", (_, buffer) => {
    expect(() => readNsmBuffer(buffer)).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});
