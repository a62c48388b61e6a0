// SPDX-License-Identifier: Apache-2.0
/** Defects to plant in access decisions, each with the text that it changes. */

import type { Mutation } from "./mutate.ts";

/** What is wrong, and the change that makes it so. */
type Defect = [what: string, mutation: Mutation];

/** Defects of decisions. */
export const defectsOfDecisions: Defect[] = [
  [
    "the issuer is not compared",
    { file: "access.ts", text: "a.issuer === b.issuer &&", instead: "" },
  ],
  [
    "the account's uid is not compared",
    { file: "access.ts", text: "a.accountUid === b.accountUid", instead: "true" },
  ],
  [
    "an account that is not known yet is anybody of the name",
    { file: "access.ts", text: "a.accountUid !== null &&", instead: "a.accountUid === null ||" },
  ],
  [
    "the scope of an object is not looked at",
    { file: "access.ts", text: "&& inScope(scope, object)", instead: "" },
  ],
  [
    "the kind of an object is not the action's",
    { file: "access.ts", text: ["object.startsWith(`$", "{kind}/`) &&"].join(""), instead: "" },
  ],
  [
    "any scope holds what concerns all objects",
    { file: "access.ts", text: ": holdsWhole(scope, kind);", instead: ": true;" },
  ],
  [
    "a role for release opens the plain routes",
    {
      file: "access-conditions.ts",
      text: 'granted === "api" || asked === "release"',
      instead: 'granted === "release" || asked === "api"',
    },
  ],
  [
    "a role holds at the very instant of its end",
    { file: "access-conditions.ts", text: "seconds < notAfter", instead: "seconds <= notAfter" },
  ],
  [
    "an address that is not known lies in every range",
    {
      file: "access-conditions.ts",
      text: "(source !== undefined && sourceRanges",
      instead: "(source === undefined || sourceRanges",
    },
  ],
  [
    "what begins and ends a pattern may overlap in a name",
    {
      file: "access-scope.ts",
      text: "subject.length < first.length + last.length ||",
      instead: "",
    },
  ],
  [
    "names are compared with regard to case",
    {
      file: "access-scope.ts",
      text: "const subject = text.toLowerCase()",
      instead: "const subject = text",
    },
  ],
  [
    "a prefix is one bit too short",
    {
      file: "address-range.ts",
      text: "BigInt(128 - length);\n  return",
      instead: "BigInt(129 - length);\n  return",
    },
  ],
];

/** Defects of the comparison of a grant with what its giver holds. */
export const defectsOfGrants: Defect[] = [
  [
    "scopes are compared the other way round",
    {
      file: "covers-grant.ts",
      text: "coversScope(held.scope, grant.scope)",
      instead: "coversScope(grant.scope, held.scope)",
    },
  ],
  [
    "the way is not compared",
    { file: "covers-grant.ts", text: "allowsVia(held.via, grant.via) &&", instead: "" },
  ],
  [
    "conditions are not compared",
    {
      file: "covers-grant.ts",
      text: "coversConditions(held.conditions, grant.conditions)",
      instead: "true",
    },
  ],
  [
    "one action of a role is enough",
    {
      file: "covers-grant.ts",
      text: "held.actions.includes(action) && coversFrame",
      instead: "held.actions.length > 0 && coversFrame",
    },
  ],
  [
    "the end of a role is not compared",
    {
      file: "access-conditions.ts",
      text: "(wide?.notAfter ?? Number.POSITIVE_INFINITY) >=",
      instead: "Number.POSITIVE_INFINITY >=",
    },
  ],
  [
    "a part of a range is enough",
    { file: "address-range.ts", text: "wide.length <= narrow.length &&", instead: "" },
  ],
];
