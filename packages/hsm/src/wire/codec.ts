// SPDX-License-Identifier: Apache-2.0
/** Messages to bytes and back, by the schema that scripts/generate.ts made a constant of. */

import { StrongroomError } from "@strongroom/core";
import protobuf from "protobufjs/light.js";
import { descriptor } from "../generated/hsm.ts";
import { readBytesAnswer, readSignRequest } from "./hot-codec.ts";
import type { Hello, HelloAnswer, Request, Response, Verb } from "./messages.ts";
import type { VerbResults } from "./verb-messages.ts";

const root = protobuf.Root.fromJSON(descriptor);
const helloType = root.lookupType("strongroom.hsm.v1.Hello");
const helloAnswerType = root.lookupType("strongroom.hsm.v1.HelloAnswer");
const requestType = root.lookupType("strongroom.hsm.v1.Request");
const responseType = root.lookupType("strongroom.hsm.v1.Response");

type Plain = { readonly [field: string]: unknown };

/** Bytes of a Hello. */
export function encodeHello(hello: Hello): Uint8Array {
  return encode(helloType, { ...hello });
}

/** @throws {StrongroomError} `BadParameter` if the bytes are none. */
export function decodeHello(bytes: Uint8Array): Hello {
  return decode(helloType, bytes) as unknown as Hello;
}

/** Bytes of the host's first message. */
export function encodeHelloAnswer(answer: HelloAnswer): Uint8Array {
  return encode(helloAnswerType, { [answer.kind]: answer });
}

/** @throws {StrongroomError} `BadParameter` if the bytes are none. */
export function decodeHelloAnswer(bytes: Uint8Array): HelloAnswer {
  const plain = decode(helloAnswerType, bytes);
  const kind = memberOf(plain, "answer");
  return { kind, ...(plain[kind] as Plain) } as unknown as HelloAnswer;
}

/** Bytes of a request. */
export function encodeRequest(request: Request): Uint8Array {
  return encode(requestType, { id: request.id, [request.verb]: request.payload });
}

/** @throws {StrongroomError} `BadParameter` if the bytes are no request, or name no verb that is known here. */
export function decodeRequest(bytes: Uint8Array): Request {
  const hot = readSignRequest(bytes);
  if (hot !== undefined) {
    return hot;
  }
  const plain = decode(requestType, bytes);
  const verb = memberOf(plain, "verb") as Verb;
  return { id: plain["id"] as number, verb, payload: plain[verb] as Request["payload"] };
}

/** Bytes of an answer. */
export function encodeResponse(response: Response): Uint8Array {
  const member =
    response.kind === "failure"
      ? { failure: response.failure }
      : { [response.verb]: response.result };
  return encode(responseType, { id: response.id, ...member });
}

/** @throws {StrongroomError} `BadParameter` if the bytes are no answer. */
export function decodeResponse(bytes: Uint8Array): Response {
  const hot = readBytesAnswer(bytes);
  if (hot !== undefined) {
    return hot;
  }
  const plain = decode(responseType, bytes);
  const id = plain["id"] as number;
  const member = memberOf(plain, "answer");
  return member === "failure"
    ? { kind: "failure", id, failure: plain["failure"] as { code: string; message: string } }
    : { kind: "result", id, verb: member as Verb, result: plain[member] as VerbResults[Verb] };
}

function encode(type: protobuf.Type, plain: Plain): Uint8Array {
  return type.encode(plain).finish();
}

// Views into `bytes` where fields are bytes; absent fields have their defaults, and absent messages are null.
function decode(type: protobuf.Type, bytes: Uint8Array): Plain {
  try {
    const options = { defaults: true, longs: Number, oneofs: true } as const;
    return type.toObject(type.decode(bytes), options);
  } catch (cause) {
    throw new StrongroomError("BadParameter", "a frame is not a message of this protocol", {
      cause,
    });
  }
}

function memberOf(plain: Plain, oneof: string): string {
  const member = plain[oneof];
  if (typeof member !== "string") {
    throw new StrongroomError("BadParameter", "a message has no member that is known here");
  }
  return member;
}
