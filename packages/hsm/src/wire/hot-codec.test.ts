// SPDX-License-Identifier: Apache-2.0
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import protobuf from "protobufjs/light.js";
import { descriptor } from "../generated/hsm.ts";
import { readBytesAnswer, readSignRequest, sendBytesAnswer } from "./hot-codec.ts";
import type { Response } from "./messages.ts";
import { Outbox } from "./outbox.ts";

const root = protobuf.Root.fromJSON(descriptor);
const requests = root.lookupType("strongroom.hsm.v1.Request");
const responses = root.lookupType("strongroom.hsm.v1.Response");

const bytes = fc.uint8Array({ maxLength: 700 }).map((array) => Buffer.from(array));
const name = fc.string({ unit: "binary", maxLength: 200 });
const place = fc.option(fc.record({ scope: name, keyId: name }));
const id = fc.integer({ min: 0, max: 0xffff_ffff });
const sign = fc.record({ blob: bytes, algorithm: name, digest: bytes, place });

const nowhere = new Duplex({
  read: () => undefined,
  write: (_chunk, _encoding, done) => void done(),
}) as Socket;

/** The message of an answer of bytes, or `undefined` where it is another. */
function messageOf(answer: Response): Buffer | undefined {
  const outbox = new Outbox(nowhere);
  const sent = sendBytesAnswer(outbox, answer);
  const length = outbox.batch.readUInt32BE(0);
  return sent ? Buffer.from(outbox.batch.subarray(4, 4 + length)) : undefined;
}

describe("a request to sign", () => {
  it("is read as the general codec wrote it", () => {
    fc.assert(
      fc.property(id, sign, (number, payload) => {
        const plain = payload.place === null ? { ...payload, place: undefined } : payload;
        const message = requests.encode({ id: number, sign: plain }).finish();
        expect(readSignRequest(message)).toEqual({ id: number, verb: "sign", payload });
      }),
    );
  });

  it("is left to the general codec when it is cut, longer, or another verb's", () => {
    const payload = { blob: Buffer.alloc(200), algorithm: "ES256", digest: Buffer.alloc(32) };
    const message = requests.encode({ id: 300, sign: payload }).finish();
    for (let end = 0; end < message.length; end += 1) {
      expect(readSignRequest(message.subarray(0, end))).toBeUndefined();
    }
    expect(readSignRequest(Buffer.concat([message, Buffer.from([0x08, 1])]))).toBeUndefined();
    const other = requests.encode({ id: 1, random: { bytes: 5 } }).finish();
    expect(readSignRequest(other)).toBeUndefined();
  });

  it("is never made of noise that the general codec reads otherwise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const read = readSignRequest(Buffer.from([0x08, 1, 0x2a, ...noise]));
        if (read !== undefined) {
          const general = requests.decode(Buffer.from([0x08, 1, 0x2a, ...noise])).toJSON();
          expect(general["sign"]).toBeDefined();
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("an answer of bytes", () => {
  it.each(["sign", "openDataKey", "subkey"] as const)(
    "to %s is the general codec's, byte by byte, and is read again",
    (verb) => {
      fc.assert(
        fc.property(id, bytes, (number, value) => {
          const answer = { kind: "result", id: number, verb, result: { bytes: value } } as const;
          const general = responses.encode({ id: number, [verb]: { bytes: value } }).finish();
          expect(messageOf(answer)).toEqual(Buffer.from(general));
          expect(readBytesAnswer(general)).toEqual(answer);
        }),
      );
    },
  );

  it("is left to the general codec when it is a failure, cut, longer, or another verb's", () => {
    const failure = { kind: "failure", id: 1, failure: { code: "c", message: "m" } } as const;
    expect(messageOf(failure)).toBeUndefined();
    const random = { bytes: Buffer.alloc(3) };
    const other = { kind: "result", id: 1, verb: "random", result: random } as const;
    expect(messageOf(other)).toBeUndefined();
    const message = responses.encode({ id: 300, sign: { bytes: Buffer.alloc(64) } }).finish();
    for (let end = 0; end < message.length; end += 1) {
      expect(readBytesAnswer(message.subarray(0, end))).toBeUndefined();
    }
    expect(readBytesAnswer(Buffer.concat([message, message]))).toBeUndefined();
  });
});
