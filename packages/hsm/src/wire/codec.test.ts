// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { isStrongroomError } from "@strongroom/core";
import fc from "fast-check";
import {
  decodeHello,
  decodeHelloAnswer,
  decodeRequest,
  decodeResponse,
  encodeHello,
  encodeHelloAnswer,
  encodeRequest,
  encodeResponse,
} from "./codec.ts";
import type { Request, Response } from "./messages.ts";
import type { WireStatus } from "./verb-messages.ts";

const bytes = Buffer.from([1, 2, 3]);
const head = { log: "0123", size: 2 ** 40, root: bytes, time: 1_700_000_000_123 };
const place = { scope: "s", keyId: "k" };
const keySpec = { ...place, type: "ec-p256", operations: ["sign"], class: "N" };
const sealed = { ciphertext: bytes, iv: bytes, tag: bytes };
const status: WireStatus = {
  initialised: true,
  domain: "none",
  enforcedBy: "host",
  kekIds: { n: "1", e: "2", s: "3", a: "4" },
  token: { label: "l", manufacturer: "m", model: "o", serial: "s" },
  generations: [{ n: "1", e: "2", s: "3", a: "4" }],
};

const requests: readonly Request[] = [
  { id: 0, verb: "status", payload: {} },
  { id: 1, verb: "random", payload: { bytes: 7 } },
  {
    id: 2,
    verb: "generateKey",
    payload: { ...place, type: "ec-p256", operations: ["sign"], class: "N" },
  },
  { id: 3, verb: "sign", payload: { blob: bytes, algorithm: "ES256", digest: bytes, place } },
  { id: 4, verb: "generateDataKey", payload: { ...place, operations: ["open", "subkey"] } },
  { id: 5, verb: "openDataKey", payload: { blob: bytes, place: null } },
  { id: 6, verb: "subkey", payload: { blob: bytes, label: "l", context: bytes, place } },
  { id: 7, verb: "signHead", payload: { blob: bytes, head, consistency: [bytes, bytes] } },
  { id: 20, verb: "importKey", payload: { key: keySpec, material: bytes } },
  {
    id: 21,
    verb: "importWrapped",
    payload: { key: keySpec, exchange: bytes, hash: "h", ciphertext: bytes, exchangePlace: place },
  },
  {
    id: 22,
    verb: "verify",
    payload: { blob: bytes, algorithm: "HS256", message: bytes, signature: bytes, place },
  },
  {
    id: 23,
    verb: "encrypt",
    payload: { blob: bytes, algorithm: "a", plaintext: bytes, iv: bytes, aad: bytes, place },
  },
  {
    id: 24,
    verb: "decrypt",
    payload: { ...sealed, blob: bytes, algorithm: "a", aad: bytes, place: null },
  },
  { id: 25, verb: "wrap", payload: { blob: bytes, algorithm: "a", key: bytes, place } },
  { id: 26, verb: "unwrap", payload: { blob: bytes, algorithm: "a", wrapped: bytes, place } },
  { id: 27, verb: "rebind", payload: { blob: bytes, from: place, to: place } },
  { id: 28, verb: "releaseKey", payload: { blob: bytes, publicKey: bytes, hash: "h", place } },
  { id: 29, verb: "secureWrap", payload: { blob: bytes, algorithm: "a", place } },
  {
    id: 30,
    verb: "secureUnwrap",
    payload: {
      ...{ blob: bytes, algorithm: "a", wrapped: bytes },
      ...{ publicKey: bytes, hash: "h", place },
    },
  },
  { id: 46, verb: "acceptRollback", payload: { blob: bytes, id: "i", heads: [head] } },
  { id: 0xffff_ffff, verb: "heads", payload: { after: "0123" } },
];

const responses: readonly Response[] = [
  { kind: "failure", id: 1, failure: { code: "HsmBusy", message: "m" } },
  { kind: "result", id: 2, verb: "status", result: status },
  { kind: "result", id: 3, verb: "generateKey", result: { blob: bytes, publicKey: bytes } },
  { kind: "result", id: 4, verb: "sign", result: { bytes } },
  { kind: "result", id: 6, verb: "verify", result: { valid: true } },
  { kind: "result", id: 7, verb: "encrypt", result: sealed },
  {
    ...{ kind: "result", id: 8, verb: "rollback" },
    result: { statement: bytes, signature: bytes, recorded: true },
  },
  { kind: "result", id: 5, verb: "heads", result: { heads: [head], more: true } },
];

describe("messages", () => {
  it.each(requests)("carry a $verb request", (request) => {
    expect(decodeRequest(encodeRequest(request))).toEqual(request);
  });

  it.each(responses)("carry answer $id", (response) => {
    expect(decodeResponse(encodeResponse(response))).toEqual(response);
  });

  it("carry both greetings", () => {
    const hello = { version: 1, secret: "s" };
    expect(decodeHello(encodeHello(hello))).toEqual(hello);
    for (const answer of [
      { kind: "welcome", version: 1, status },
      { kind: "welcome", version: 1, status: null },
      { kind: "failure", code: "Forbidden", message: "m" },
    ] as const) {
      expect(decodeHelloAnswer(encodeHelloAnswer(answer))).toEqual(answer);
    }
  });

  it("that are arbitrary bytes are read or refused, and nothing else happens", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        for (const decode of [decodeHello, decodeHelloAnswer, decodeRequest, decodeResponse]) {
          try {
            decode(noise);
          } catch (error) {
            expect(isStrongroomError(error, "BadParameter")).toBe(true);
          }
        }
      }),
    );
  });
});
