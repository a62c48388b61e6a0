// SPDX-License-Identifier: Apache-2.0
/**
 * The messages that travel most, written and read by hand: a request to sign, and an answer of bytes.
 *
 * The bytes are those of the general codec, which reads whatever is not in exactly this form. It takes a few microseconds of
 * the host's thread for each message, beside some 35 of a P-256 signature.
 */

import type { Request, Response, Verb } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { VerbRequests } from "./verb-messages.ts";

/** Keys of fields: number and, in the three lowest bits, 0 for a varint and 2 for what has a length. */
const idKey = 0x08;
const first = 0x0a;
const second = 0x12;
const third = 0x1a;
const fourth = 0x22;

/** Keys of the verbs that are answered with Bytes. */
const bytesVerbs: { readonly [verb in Verb]?: number } = {
  sign: 0x2a,
  openDataKey: 0x3a,
  subkey: 0x42,
};
const verbsByKey = new Map<number, Verb>(
  Object.entries(bytesVerbs).map(([verb, key]) => [key, verb as Verb]),
);

/** Fields of a message, in the order of their numbers; `at` is -1 once something is not as expected. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether everything was read, and as it was expected. */
  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The key of the next field, without reading it. */
  get key(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The varint of a field with this key, at most 32 bits. */
  varint(key: number): number {
    return this.#start(key) ? this.#readVarint() : 0;
  }

  /** Goes into the message of a field with this key, which must end where this one does. */
  enter(key: number): void {
    if (this.#start(key) && this.#readVarint() !== this.#bytes.length - this.#at) {
      this.#at = -1;
    }
  }

  /** The bytes of a field with this key: a view. */
  bytes(key: number): Buffer {
    const length = this.#start(key) ? this.#readVarint() : -1;
    const start = this.#at;
    if (length < 0 || start < 0 || length > this.#bytes.length - start) {
      this.#at = -1;
      return this.#bytes;
    }
    this.#at = start + length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** The text of a field with this key. */
  text(key: number): string {
    const length = this.#start(key) ? this.#readVarint() : -1;
    const start = this.#at;
    if (length < 0 || start < 0 || length > this.#bytes.length - start) {
      this.#at = -1;
      return "";
    }
    this.#at = start + length;
    return this.#bytes.toString("utf8", start, this.#at);
  }

  #start(key: number): boolean {
    const present = this.#at >= 0 && this.#bytes[this.#at] === key;
    this.#at = present ? this.#at + 1 : -1;
    return present;
  }

  #readVarint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 0x80) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) {
        break;
      }
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        return value;
      }
    }
    this.#at = -1;
    return 0;
  }
}

/** A request to sign, if the bytes are one in this form. */
export function readSignRequest(message: Uint8Array): Request<"sign"> | undefined {
  const fields = new Fields(message);
  const id = fields.varint(idKey);
  if (fields.key !== bytesVerbs.sign) {
    return undefined;
  }
  fields.enter(0x2a);
  const blob = fields.bytes(first);
  const algorithm = fields.text(second);
  const digest = fields.bytes(third);
  const place = fields.key === fourth ? readPlace(fields) : null;
  return fields.isDone
    ? { id, verb: "sign", payload: { blob, algorithm, digest, place } }
    : undefined;
}

function readPlace(fields: Fields): VerbRequests["sign"]["place"] {
  fields.enter(fourth);
  return { scope: fields.text(first), keyId: fields.text(second) };
}

/** An answer of bytes, if the message is one in this form. */
export function readBytesAnswer(message: Uint8Array): Response | undefined {
  const fields = new Fields(message);
  const id = fields.varint(idKey);
  const verb = verbsByKey.get(fields.key ?? 0);
  if (verb === undefined) {
    return undefined;
  }
  fields.enter(fields.key ?? 0);
  const result = { bytes: fields.bytes(first) };
  return fields.isDone ? { kind: "result", id, verb, result } : undefined;
}

/** Sends an answer of bytes. @returns whether it was one; any other is left to the general codec. */
export function sendBytesAnswer(outbox: Outbox, response: Response): boolean {
  const key = response.kind === "result" ? bytesVerbs[response.verb] : undefined;
  if (key === undefined || response.kind !== "result" || !("bytes" in response.result)) {
    return false;
  }
  const { bytes } = response.result;
  if (typeof bytes === "number") {
    return false;
  }
  const inner = 1 + varintBytes(bytes.length) + bytes.length;
  const start = outbox.reserve(2 + varintBytes(response.id) + varintBytes(inner) + inner);
  const out = outbox.batch;
  out[start] = idKey;
  let at = writeVarint(out, start + 1, response.id);
  out[at] = key;
  at = writeVarint(out, at + 1, inner);
  out[at] = first;
  at = writeVarint(out, at + 1, bytes.length);
  out.set(bytes, at);
  return true;
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    count += 1;
  }
  return count;
}

function writeVarint(out: Uint8Array, start: number, value: number): number {
  let at = start;
  for (let rest = value; ; rest = Math.floor(rest / 0x80), at += 1) {
    if (rest < 0x80) {
      out[at] = rest;
      return at + 1;
    }
    out[at] = (rest % 0x80) | 0x80;
  }
}
