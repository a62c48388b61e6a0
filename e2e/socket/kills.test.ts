// SPDX-License-Identifier: Apache-2.0
/** A short campaign of kills; `e2e/kills-local` has the long one. */

import { randomInt } from "node:crypto";
import { expect, it } from "@jest/globals";
import { runKillCycles } from "./fixtures/kill-cycles.ts";

const cycles = 15;

it("loses nothing that was acknowledged, and verifies, when vault and HSM host are killed at any point", async () => {
  const seed = randomInt(2 ** 31);
  const report = await runKillCycles(cycles, seed, () => undefined);
  expect({ seed, losses: report.losses }).toEqual({ seed, losses: [] });
  expect(report.verification).toMatch(/: 0 findings$/);
  expect(report.acknowledged).toBeGreaterThan(cycles);
}, 600_000);
