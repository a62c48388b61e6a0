// SPDX-License-Identifier: Apache-2.0
/** Generators of single assignments and requests, out of few words, so that they meet each other often. */

import fc from "fast-check";
import type { ModelAssignment, ModelPrincipal, ModelRequest } from "./access-model.ts";

const vaults = "Microsoft.KeyVault/vaults";
const actions = [
  ...["secrets/getSecret/action", "secrets/readMetadata/action", "secrets/restore/action"],
  ...["keys/read", "keys/sign/action", "keyrotationpolicies/write", "certificates/read"],
  ...["certificatecontacts/write", "certificatecas/read"],
]
  .map((action) => `${vaults}/${action}`)
  .concat("Microsoft.KeyVault/managedHsm/rng/action");

const principal: fc.Arbitrary<ModelPrincipal> = fc.record(
  {
    issuer: fc.constantFrom("https://issuer", "kubernetes:c"),
    subject: fc.constantFrom("alice", "bob"),
    accountUid: fc.constantFrom("1", "2", undefined),
  },
  { requiredKeys: ["issuer", "subject"] },
);
const named = fc.oneof(
  { weight: 8, arbitrary: principal },
  { weight: 1, arbitrary: principal.map((one) => ({ ...one, accountUid: null })) },
);

const kind = fc.constantFrom("secrets", "keys", "certificates");
const name = fc.string({ unit: fc.constantFrom("a", "B", "b", "-"), minLength: 1, maxLength: 5 });
const pattern = fc.oneof(
  { weight: 2, arbitrary: fc.constant("*") },
  { weight: 1, arbitrary: fc.constantFrom("a*a", "ab*ba") },
  {
    weight: 5,
    arbitrary: fc.string({
      unit: fc.constantFrom("a", "A", "b", "*", "-"),
      minLength: 1,
      maxLength: 4,
    }),
  },
);

/** Scopes, and now and then what is none. */
const scope = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("*", "/") },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("", "/"), kind).map((parts) => parts.join("")) },
  {
    weight: 6,
    arbitrary: fc.tuple(kind, pattern).map(([of, over]) => `${of}/${over}`),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "//keys", "keys/", "storage", "se*") },
);

const seconds = fc.integer({ min: 100, max: 104 });
const ranges = [
  "10.0.0.0/8",
  "10.0.0.0/16",
  "10.0.0.0/24",
  "10.1.0.0/16",
  "0.0.0.0/0",
  "10.1.2.3",
  "2001:db8::/32",
  "::/0",
];
/** Addresses that requests come from. */
export const addresses = [
  "10.1.2.3",
  "10.1.2.2",
  "11.0.0.1",
  "10.0.0.1",
  "10.200.0.1",
  "192.0.2.1",
  "2001:db8::1",
  "fe80::1",
];
const conditions = fc.record(
  {
    sourceRanges: fc.oneof(
      fc.array(fc.constantFrom(...ranges), { maxLength: 2 }),
      fc.constantFrom(...ranges.slice(0, 3)).map((range) => [range]),
    ),
    notBefore: seconds,
    notAfter: seconds,
  },
  { requiredKeys: [] },
);

/** One assignment. */
export const assignment: fc.Arbitrary<ModelAssignment> = fc.record(
  {
    actions: fc.subarray(actions, { minLength: 3 }),
    scope,
    via: fc.constantFrom("release", "api"),
    conditions,
    principals: fc.array(named, { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ["actions", "scope", "via", "principals"] },
);

/** One request; kinds agree more often than not. */
export const request: fc.Arbitrary<ModelRequest> = fc
  .record({
    principal,
    action: fc.constantFrom(...actions),
    via: fc.constantFrom("release", "api"),
    target: fc.record({ kind, name, fits: fc.integer({ min: 0, max: 9 }) }),
    circumstances: fc.option(
      fc.record({
        at: fc
          .tuple(seconds, fc.constantFrom(0, 1, 999))
          .map(([at, milliseconds]) => new Date(at * 1_000 + milliseconds)),
        source: fc.option(fc.constantFrom(...addresses), { nil: undefined }),
      }),
      { nil: undefined, freq: 9 },
    ),
  })
  .map(({ target, ...rest }) => {
    const own = /vaults\/(secrets|keys|certificates)\//.exec(rest.action)?.[1];
    const of = target.fits < 8 ? (own ?? "none") : target.kind;
    return of === "none" || target.fits === 0 ? rest : { ...rest, object: `${of}/${target.name}` };
  });
