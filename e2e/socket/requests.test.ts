// SPDX-License-Identifier: Apache-2.0
/** What clients send around what they mean: names of requests, kinds of bodies, text that no encoding has. */

import { describe, expect, it } from "@jest/globals";
import { inner } from "./fixtures/key-outcomes.ts";
import { traceOf } from "./fixtures/stored.ts";
import { host, query, useObjects } from "./fixtures/use-objects.ts";

describe("a request", () => {
  const { call, set, storeFile } = useObjects();

  it("has its client's id, or one of its own, in its answer and in the audit log", async () => {
    const id = "2c9d7f0e-6a0b-4d0e-9f0c-0a1b2c3d4e5f";
    const get = (headers: Readonly<Record<string, string>>) =>
      traceOf(storeFile(), () => call("GET", `/secrets/none${query}`, { headers }));
    const named = await get({ "x-ms-client-request-id": id });
    expect(named.result.headers).toMatchObject({
      ...{ "x-ms-client-request-id": id, "x-ms-request-id": id },
    });
    expect(named.leaves.map(({ event }) => event.correlationId)).toEqual([id]);
    for (const headers of [{}, { "x-ms-client-request-id": "no id\tof a request" }]) {
      const { result, leaves } = await get(headers);
      const own = result.headers["x-ms-request-id"];
      expect(own).toMatch(/^[0-9a-f-]{36}$/);
      expect(result.headers["x-ms-client-request-id"]).toBeUndefined();
      expect(leaves.map(({ event }) => event.correlationId)).toEqual([own]);
    }
    const stranger = await call("GET", "/nowhere", { subject: "nobody" });
    expect(stranger.headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["bytes", { "content-type": "application/octet-stream" }],
    ["text", { "content-type": "text/plain; charset=utf-8" }],
  ])("that posts nothing and calls it %s is one without a body", async (_, headers) => {
    await set("backed-up", "x");
    const answer = await call("POST", `/secrets/backed-up/backup${query}`, { headers, body: "" });
    expect(inner(answer)).toBe("200");
  });

  it("has a body of JSON by name, or is refused", async () => {
    for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
      const answer = await call("PUT", `/secrets/typed${query}`, {
        ...{ headers: { "content-type": type }, body: '{"value":"x"}' },
      });
      expect([answer.status, answer.body.error.message]).toEqual([
        415,
        "the body is not application/json",
      ]);
    }
  });

  it.each([
    ["a value", String.raw`{"value":"a\ud800b"}`],
    ["the name of a tag", String.raw`{"value":"x","tags":{"\udc00":"y"}}`],
    ["a tag", String.raw`{"value":"x","tags":{"y":"\ud83d"}}`],
    ["a content type", String.raw`{"value":"x","contentType":"\udfff\ud800"}`],
  ])(
    "with half a character in %s is refused, and nothing else is stored instead",
    async (_, body) => {
      const { result, rows } = await traceOf(storeFile(), () =>
        call("PUT", `/secrets/half${query}`, { body }),
      );
      expect([inner(result), rows]).toEqual(["400 BadParameter", []]);
    },
  );

  it("with a tag that objects have by themselves keeps it, or is refused", async () => {
    const tags = '{"constructor":"a","toString":"b","hasOwnProperty":"c"}';
    await call("PUT", `/secrets/tagged${query}`, { body: `{"value":"x","tags":${tags}}` });
    const { body } = await call("GET", `/secrets/tagged${query}`);
    expect(body.tags).toEqual(JSON.parse(tags));
    for (const name of ["__proto__", String.raw`\u005f_proto__`]) {
      const proto = `{"value":"x","tags":{"${name}":"a"}}`;
      const refused = await call("PUT", `/secrets/proto${query}`, { body: proto });
      expect(inner(refused)).toBe("400 BadParameter");
    }
  });

  it("has whole characters in whatever spelling", async () => {
    const value = 'é😀\u0000\n\\"';
    const escaped = String.raw`{"value":"\u00e9\ud83d\ude00\u0000\n\\\""}`;
    for (const body of [escaped, JSON.stringify({ value })]) {
      await call("PUT", `/secrets/whole${query}`, { body });
      expect((await call("GET", `/secrets/whole${query}`)).body.value).toBe(value);
    }
  });

  it.each([
    ["two Host headers", "", { host: [host, "other.team-a.svc"] }],
    ["the same Host header twice", "", { host: [host, host] }],
    ["a target of another host", "https://other.team-a.svc", {}],
    ["a target of another port", `https://${host}:444`, {}],
  ])("with %s names no host", async (_, target, headers) => {
    const { result, leaves } = await traceOf(storeFile(), () =>
      call("GET", `${target}/secrets${query}`, { headers }),
    );
    expect([inner(result), result.body.error.message, leaves]).toEqual([
      ...["400 BadParameter", "the request names more than one host", []],
    ]);
  });

  it("names its host in the target as well, if it likes", async () => {
    await set("absolute", "x");
    for (const target of [`https://${host}`, `HTTPS://${host.toUpperCase()}`]) {
      const answer = await call("GET", `${target}/secrets/absolute${query}`);
      expect([answer.status, answer.body.value]).toEqual([200, "x"]);
      const none = await call("GET", `${target}?api-version=7.6`);
      expect(none.status).toBe(404);
    }
  });

  it("with two tokens has none", async () => {
    const headers = { authorization: ["Bearer a.b.c", "Bearer d.e.f"] };
    expect(inner(await call("GET", `/secrets${query}`, { headers }))).toBe("401 TokenInvalid");
  });
});
