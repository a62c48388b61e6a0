// SPDX-License-Identifier: Apache-2.0
/** JSON bodies with the bytes that they came in: a proof of possession covers the bytes, not what they parse to. */

import { fromUtf8, JsonTooDeep, parseJson, StrongroomError } from "@strongroom/core";
import type { FastifyInstance, FastifyRequest } from "fastify";

const rawBodies = new WeakMap<FastifyRequest, Uint8Array>();

/** Deepest nesting of a body; our own deepest is a release policy. */
const maxDepth = 32;

/** Parses JSON bodies and keeps their bytes. A body of another kind is refused, unless there is nothing in it. */
export function registerJsonBody(app: FastifyInstance): void {
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      rawBodies.set(request, body);
      return body.length === 0 ? undefined : parse(body);
    },
  );
  // Clients that post nothing call it a form, or bytes, or by no name at all.
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      // Where there is no route, that is what is said.
      if (body.length > 0 && !request.is404) {
        const refusal = new StrongroomError("BadParameter", "the body is not application/json");
        throw Object.assign(refusal, { statusCode: 415 });
      }
    },
  );
}

/** Bytes of a request's body. */
export function rawBodyOf(request: FastifyRequest): Uint8Array {
  return rawBodies.get(request) ?? new Uint8Array();
}

function parse(body: Buffer): unknown {
  const parsed = parseText(body);
  // UTF-8 itself has neither: only an escape spells half a character.
  if (body.includes("\\u") || body.includes(unnameable)) {
    requireKept(parsed);
  }
  return parsed;
}

// The depth first: a deep body would exhaust the stack of whatever walks it.
function parseText(body: Buffer): unknown {
  const text = toText(body);
  try {
    return parseJson(text, maxDepth);
  } catch (error) {
    // The engine's own words quote the body.
    const what = error instanceof JsonTooDeep ? error.message : "not JSON";
    throw new StrongroomError("BadParameter", `the body is ${what}`);
  }
}

function toText(body: Buffer): string {
  try {
    return fromUtf8(body);
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the body is not UTF-8", { cause });
  }
}

/** A member that objects have by themselves: what somebody gives that name is lost on the way. */
const unnameable = "__proto__";

/**
 * What could not be answered again as it came is not taken: half a surrogate pair, which no encoding has (RFC 7493
 * section 2.1), and a member without a place. The recursion is no deeper than the body.
 */
function requireKept(value: unknown): void {
  if (typeof value === "string" && !value.isWellFormed()) {
    throw new StrongroomError("BadParameter", "the body has half a character (a lone surrogate)");
  }
  if (Array.isArray(value)) {
    value.forEach(requireKept);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (name === unnameable) {
        throw new StrongroomError("BadParameter", `a member cannot have the name ${unnameable}`);
      }
      requireKept(name);
      requireKept(member);
    }
  }
}
