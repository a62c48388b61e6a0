// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "@jest/globals";
import { changedReleasePolicy, releasePolicyOf } from "./release-policy.ts";

const claims = (claim: string) => ({
  version: "1.0.0",
  anyOf: [{ authority: "https://issuer", allOf: [{ claim, equals: "x" }] }],
});
const encode = (policy: object) => Buffer.from(JSON.stringify(policy)).toString("base64url");
const [one, two] = [encode(claims("one")), encode(claims("two"))];

test("an exportable key needs a policy, and no other key has one", () => {
  expect(releasePolicyOf(true, { data: one })).toEqual({
    ...{ contentType: "application/json; charset=utf-8", data: one, immutable: false },
  });
  expect(() => releasePolicyOf(true, undefined)).toThrow("needs a release_policy");
  expect(() => releasePolicyOf(false, { data: one })).toThrow("for exportable keys");
  expect(releasePolicyOf(false, undefined)).toBeUndefined();
});

const twice = Buffer.from(`{"anyOf":[],${JSON.stringify(claims("one")).slice(1)}`);
test.each([
  ...["", "%%%", encode({ anyOf: [] }), Buffer.from("{").toString("base64url")],
  // Some readers keep the first of two, and some the last.
  twice.toString("base64url"),
])("%j is no policy", (data) => {
  expect(() => releasePolicyOf(true, { data })).toThrow("release_policy.data");
});

test("a policy may come in base64 of any spelling, and is kept in base64url", () => {
  const text = Buffer.from(JSON.stringify(claims("?>~~")));
  const data = text.toString("base64url");
  const [padded, plain] = [text.toString("base64"), text.toString("base64").replace(/=*$/, "")];
  expect([padded.endsWith("="), /[+/]/.test(plain)]).toEqual([true, true]);
  const releasePolicy = { contentType: "application/json", data, immutable: true };
  for (const spelling of [padded, plain, `${data}${padded.slice(data.length)}`]) {
    expect(releasePolicyOf(true, { data: spelling })?.data).toBe(data);
    const change = { data: spelling };
    expect(changedReleasePolicy({ exportable: true, releasePolicy }, change)).toEqual(
      releasePolicy,
    );
  }
  for (const wrong of [`${data}=`, `${data}===`, ` ${data}`]) {
    expect(() => releasePolicyOf(true, { data: wrong })).toThrow("release_policy.data");
  }
});

test("the policy of a key with secureUnwrapKey, which is not exportable, can be changed", () => {
  const releasePolicy = { contentType: "application/json", data: one, immutable: false };
  const changed = changedReleasePolicy({ exportable: false, releasePolicy }, { data: two });
  expect(changed).toEqual({ ...releasePolicy, data: two });
  const plain = { exportable: false };
  expect(() => changedReleasePolicy(plain, { data: two })).toThrow("for exportable keys");
});

test("an immutable policy stays what it is, and immutable", () => {
  const releasePolicy = { contentType: "application/json", data: one, immutable: true };
  const version = { exportable: true, releasePolicy };
  expect(() => changedReleasePolicy(version, { data: two })).toThrow("immutable");
  expect(() => changedReleasePolicy(version, { immutable: false })).toThrow("immutable");
  expect(changedReleasePolicy(version, { data: one, immutable: true })).toEqual(releasePolicy);
});

test("another policy can be changed, and made immutable", () => {
  const releasePolicy = { contentType: "application/json", data: one, immutable: false };
  const changed = changedReleasePolicy(
    { exportable: true, releasePolicy },
    { data: two, immutable: true },
  );
  expect(changed).toEqual({ ...releasePolicy, data: two, immutable: true });
});
