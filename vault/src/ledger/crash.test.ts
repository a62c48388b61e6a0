// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "@jest/globals";
import { systemClock } from "@strongroom/core";
import { fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger } from "./__fixtures__/open-test-ledger.ts";

const cycles = 20;
const program = fileURLToPath(new URL("./__fixtures__/commit-loop.ts", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "strongroom-crash-"));
const file = join(directory, "store.db");
const anchors = join(directory, "anchors.json");
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the program, kills it `ms` after its first acknowledgement, and answers the highest revision of each id. */
async function runAndKill(ms: number): Promise<ReadonlyMap<string, number>> {
  const args = ["--conditions=@strongroom/source", program, file, anchors];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged = new Map<string, number>();
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => {
    const [id = "", revision] = line.split(" ");
    acknowledged.set(id, Number(revision));
  });
  const ended = once(lines, "close");
  await Promise.race([once(lines, "line"), ended]);
  await systemClock.sleep(ms);
  child.kill("SIGKILL");
  await ended;
  return acknowledged;
}

it("loses nothing that was acknowledged, and verifies, after being killed at any point", async () => {
  let total = 0;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const acknowledged = await runAndKill(Math.random() * 200);
    expect(acknowledged.size).toBeGreaterThan(0);
    total += acknowledged.size;
    await using opened = await openTestLedger(file, fakeHeadSigner(anchors));
    for (const [id, revision] of acknowledged) {
      const found = await opened.ledger.read({ scope: "vault", id });
      expect(found?.revision).toBeGreaterThanOrEqual(revision);
      const version = { scope: "vault", id: `${id}/version/${revision}` };
      expect(await opened.ledger.readValue(version)).toBeDefined();
    }
  }
  expect(total).toBeGreaterThan(cycles);
}, 300_000);
