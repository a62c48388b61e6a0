// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { attestSgxRequestSchema } from "@strongroom/api";
import { sha256, toBase64url, utf8 } from "@strongroom/core";
import { initTimeOf } from "./evidence.ts";

const json = (text: string) => ({ data: toBase64url(utf8(text)), dataType: "JSON" as const });

describe("init-time data", () => {
  it("are hashed as they came, and claimed where they are JSON", () => {
    const text = '{ "model" : "one" }';
    expect(initTimeOf(json(text))).toEqual({
      digest: sha256(utf8(text)),
      requested: { "x-ms-inittime": { model: "one" } },
    });
    expect(initTimeOf({ ...json(text), dataType: "Binary" }).requested).toEqual({});
    expect(initTimeOf(undefined)).toEqual({ digest: undefined, requested: {} });
  });

  it("may be as long as a policy of containers, and short where they are claimed", () => {
    const text = JSON.stringify({ policy: "p".repeat(100_000) });
    const request = (dataType: "JSON" | "Binary") => ({ ...json(text), dataType });
    const body = { quote: "AAAA", runtimeData: json("{}"), initTimeData: request("Binary") };
    expect(attestSgxRequestSchema.safeParse(body).success).toBe(true);
    expect(initTimeOf(request("Binary")).digest).toEqual(sha256(utf8(text)));
    expect(() => initTimeOf(request("JSON"))).toThrow("json is too long");
  });

  it.each(['{"model":"one","model":"two"}', '{"model":', '{"__proto__":{}}', '{"a":1}x'])(
    "are malformed where two readers could understand them differently: %s",
    (text) => {
      expect(() => initTimeOf(json(text))).toThrow(
        expect.objectContaining({ code: "EvidenceMalformed" }),
      );
    },
  );
});
