// SPDX-License-Identifier: Apache-2.0
/** Access against a model of it, and against itself with defects planted: the comparison must find each of them. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { defectsOfDecisions, defectsOfGrants } from "./__fixtures__/access-defects.ts";
import { modelAllows } from "./__fixtures__/access-model.ts";
import { granting, world } from "./__fixtures__/access-worlds.ts";
import { buildMutant, type Mutation } from "./__fixtures__/mutate.ts";
import { type AccessRequest, authorize, type RoleAssignment } from "./access.ts";
import { uncoveredActions } from "./covers-grant.ts";

const tuples = 12_000;
/** Defects are looked for in the same tuples each time, so that one that was found is found again. */
const hunt = { numRuns: 4 * tuples, seed: 20_260_101 };
interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
}

const alice = { issuer: "https://issuer", subject: "alice" };
const bob = { issuer: "https://issuer", subject: "bob" };

/** Compares a decision with the model's on so many tuples; how many were allowed. */
function compare(decide: typeof authorize, runs: Runs): number {
  let allowed = 0;
  fc.assert(
    fc.property(world, ([assignments, asked]) => {
      const expected = modelAllows(assignments, asked);
      allowed += expected ? 1 : 0;
      const decision = decide(
        assignments as unknown as RoleAssignment[],
        asked as unknown as AccessRequest,
      );
      return (decision.kind === "allowed") === expected;
    }),
    runs,
  );
  return allowed;
}

/** Nobody who was granted something can do what the granter could not; how many grants were covered. */
function checkGrants(uncovered: typeof uncoveredActions, runs: Runs): number {
  let covered = 0;
  fc.assert(
    fc.property(granting, ([some, one, asked]) => {
      const held = some.map((own) => ({ ...own, principals: [alice] }));
      const grant = { ...one, principals: [bob] } as unknown as RoleAssignment;
      if (uncovered(held as unknown as RoleAssignment[], alice, grant).length > 0) {
        return true;
      }
      covered += 1;
      return (
        !modelAllows([{ ...one, principals: [bob] }], { ...asked, principal: bob }) ||
        modelAllows(held, { ...asked, principal: alice })
      );
    }),
    runs,
  );
  return covered;
}

describe("access", () => {
  let folder: string;
  const mutant = async (entry: string, mutation: Mutation) =>
    await import(await buildMutant(folder, entry, mutation));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mutants-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it(`agrees with the model on ${tuples} tuples, of which a fifth at least is allowed`, () => {
    expect(compare(authorize, { numRuns: tuples })).toBeGreaterThan(tuples / 5);
  });

  it.each(defectsOfDecisions)("disagrees with the model if %s", async (_name, mutation) => {
    const { authorize: broken } = await mutant("access.ts", mutation);
    expect(() => compare(broken, hunt)).toThrow(/Property failed/);
  });

  it("is never widened by a grant", () => {
    expect(checkGrants(uncoveredActions, { numRuns: tuples })).toBeGreaterThan(tuples / 20);
  });

  it.each(defectsOfGrants)("is found to be widened by a grant if %s", async (_name, mutation) => {
    const { uncoveredActions: broken } = await mutant("covers-grant.ts", mutation);
    expect(() => checkGrants(broken, hunt)).toThrow(/Property failed/);
  });
});
