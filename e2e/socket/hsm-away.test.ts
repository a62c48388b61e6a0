// SPDX-License-Identifier: Apache-2.0
/** The vault without its HSM: not ready, nothing granted, and all there again when the HSM is. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "./fixtures/exchange.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { traceOf } from "./fixtures/stored.ts";

/** How long the vault and the HSM host may take to find each other again, in milliseconds. */
const patience = 15_000;

describe("a vault whose HSM host has the wrong PIN", () => {
  let installation: Installation;
  let pinFile: string;
  let pin: string;

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = rolesOfOfficer(installation);
    await installation.putVault({
      name: "guarded",
      spec: { protection: "HSM", roleAssignments },
    });
    pinFile = join(installation.folders.token, "pin");
    pin = await readFile(pinFile, "utf8");
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const call = async (method: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf("guarded"), method, path: "/secrets/key?api-version=7.5", body },
      token: await installation.oidc.token("officer"),
    });
  const readiness = async () => {
    const answer = await fetch(`http://127.0.0.1:${installation.vault.healthPort}/readyz`);
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  const becomes = async (wanted: string) => {
    const deadline = Date.now() + patience;
    while ((await readiness()) !== wanted && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await readiness()).toBe(wanted);
  };

  it("is ready and serves while the PIN is right", async () => {
    await becomes("200 ok");
    expect((await call("PUT", { value: "guarded value" })).status).toBe(200);
  });

  it("is not ready, and says to callers that it cannot, when the PIN became wrong", async () => {
    await installation.hsm.stop();
    await becomes("503 not ready");
    await writeFile(pinFile, "0".repeat(32));
    await installation.hsm.start();
    await becomes("503 not ready");
    const codeOf = (answer: Answer) => answer.body.error.innererror.code;
    let answer = await call("GET");
    while (codeOf(answer) === "HsmUnavailable") {
      answer = await call("GET");
    }
    expect([answer.status, codeOf(answer)]).toEqual([503, "PinIncorrect"]);
    expect(answer.text).not.toContain("guarded value");
    const { result, rows } = await traceOf(installation.folders.storeFile, () =>
      call("PUT", { value: "another value" }),
    );
    expect([result.status, rows]).toEqual([503, []]);
  });

  it("does not start, and has the token's PIN tried once", async () => {
    await installation.vault.stop();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await installation.vault.startInVain()).toBe(78);
    }
    expect(installation.vault.output()).toContain('"PinIncorrect');
    const tried = installation.hsm.output().match(/token is not open/g) ?? [];
    expect(tried).toHaveLength(1);
  });

  it("has everything again when the PIN is right", async () => {
    await writeFile(pinFile, pin);
    await installation.hsm.stop();
    await installation.hsm.start();
    await installation.vault.start();
    await becomes("200 ok");
    expect((await call("GET")).body.value).toBe("guarded value");
  });
});
