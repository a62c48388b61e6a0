// SPDX-License-Identifier: Apache-2.0
/**
 * A restore, and SIGKILL of the vault or of the HSM host at every moment of it: whatever moment it was, the next start
 * serves the old store or the restored one, whole.
 */

import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import {
  answers,
  backUpIntoDirectory,
  ended,
  inDirectory,
  onBusyVault,
  onHost,
  onVault,
  putVaultOf,
  startWithBackups,
} from "./fixtures/full-backup.ts";
import type { Installation } from "./fixtures/installation.ts";
import { seeded } from "./fixtures/kill-cycles.ts";
import { verifyAudit } from "./fixtures/offline.ts";

jest.setTimeout(900_000);

/** Kills; each takes two starts and a look at everything. */
const cycles = Number(process.env["STRONGROOM_RESTORE_KILLS"] ?? 10);
const secrets = 40;

describe("a restore that is killed", () => {
  let installation: Installation;
  let folder = "";

  beforeAll(async () => {
    ({ installation } = await startWithBackups());
    await putVaultOf(installation, "kept");
    await write("backed up");
    folder = await backUpIntoDirectory(installation);
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
  });

  const call = (request: Parameters<typeof onVault>[2]) => onVault(installation, "kept", request);
  const write = async (value: string) => {
    for (let index = 0; index < secrets; index += 1) {
      const request = ["PUT", `/secrets/s${index}`, { value }] as const;
      expect((await onBusyVault(installation, "kept", request)).status).toBe(200);
    }
  };
  const values = async (): Promise<string[]> => {
    const found = new Set<string>();
    for (let index = 0; index < secrets; index += 1) {
      found.add((await call(["GET", `/secrets/s${index}`])).body.value);
    }
    return [...found];
  };
  const begin = async () => {
    const { head } = (await onHost(installation, ["GET", "/strongroom/v1/restore"])).body;
    const body = { sasTokenParameters: inDirectory, folderToRestore: folder, acceptRollback: head };
    const answer = await onHost(installation, ["PUT", "/restore", body]);
    expect(answer.status).toBe(202);
    return answer;
  };

  // A vault does not outlive its HSM host here: both start anew, as a pod does.
  const kill = async (victim: "vault" | "hsm") => {
    await installation[victim].stop("SIGKILL");
    if (victim === "hsm") {
      await installation.vault.stop("SIGKILL");
      await installation.hsm.start();
    }
    await installation.vault.start();
  };

  it("leaves the old store or the restored one, and never a mix", async () => {
    const random = seeded(20_261_126);
    let restored = 0;
    await write("later");
    const started = performance.now();
    await ended(installation, await begin());
    const whole = performance.now() - started;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await write(`later ${cycle}`);
      await begin();
      await new Promise((resolve) => setTimeout(resolve, (whole * (cycle + random())) / cycles));
      await kill(random() < 0.75 ? "vault" : "hsm");
      await answers(installation);
      const [value, ...others] = await values();
      expect(others).toEqual([]);
      expect(["backed up", `later ${cycle}`]).toContain(value);
      restored += Number(value === "backed up");
    }
    await installation.vault.stop();
    expect(await verifyAudit(installation)).toContain(": 0 findings");
    process.stderr.write(
      `${cycles} kills within ${Math.round(whole)} ms of a restore: ${restored} times restored\n`,
    );
  });
});
