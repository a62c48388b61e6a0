// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { findRuntimeData } from "./runtime-data.ts";

const find = (value: unknown) =>
  findRuntimeData({ type: "JSON", bytes: utf8(JSON.stringify(value)) });

describe("runtime data of a stock client", () => {
  it("is a claim as it was sent, with what Azure's guest client calls its payload", () => {
    const sent = { "client-payload": { nonce: "bm9uY2U=" }, keys: [] };
    expect(find(sent)).toEqual({ kind: "unchallenged", claims: { "x-ms-runtime": sent } });
  });

  it("is ours and closed where it has a nonce of its own", () => {
    const found = find({ nonce: "a", "client-payload": { nonce: "bm9uY2U=" } });
    expect(found.kind).toBe("challenged");
    expect(() => (found.kind === "challenged" ? found.read() : undefined)).toThrow(
      "not what a node plugin sends",
    );
  });
});
