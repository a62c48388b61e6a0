// SPDX-License-Identifier: Apache-2.0
/** `strongroom policy explain`: a table for people, JSON for programs, of options and of a pod. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { inProcess } from "../../cli/src/__fixtures__/in-process.ts";
import { app, useExplaining } from "./fixtures/explaining.ts";
import { hostOf, issuer, tenant } from "./fixtures/names.ts";
import { admitsSoftware } from "./fixtures/shop.ts";

describe("an explanation of a release", () => {
  const { classesOf, shop } = useExplaining();

  const file = (name: string) => join(shop().installation.folders.root, name);
  const run = async (...args: readonly string[]) => {
    await writeFile(file("bearer"), await shop().installation.oidc.token("officer"));
    return await inProcess(
      ...["policy", "explain", ...args],
      ...["--url", `https://${hostOf(shop().vault.name)}`],
      ...["--connect", `127.0.0.1:${shop().installation.vault.port}`],
      ...["--ca", shop().installation.folders.caFile, "--token-file", file("bearer")],
    );
  };

  it("is printed for people and for programs, of options and of a pod", async () => {
    const explain = (...args: readonly string[]) =>
      run("secrets/db-strict", "secrets/db-password", ...args);
    const options = ["--node", "node-1", "--service-account", `${app.namespace}/${app.name}`];
    const table = await explain(...options);
    expect([table.code, table.stderr]).toEqual([1, ""]);
    expect(table.stdout.split("\n").slice(1)).toEqual([
      "secrets/db-strict    PolicyDenied  strict: denies",
      '  strict: x-strongroom-tier equals "tee"',
      "    strict",
      `      "${issuer}"`,
      "        not met allOf",
      '          met     "x-strongroom-class" equals "software"',
      '          not met "x-strongroom-tier" equals "tee", found "tpm"',
      "secrets/db-password  granted       local: allows",
      "",
    ]);
    const spec = { nodeName: "node-1", serviceAccountName: app.name };
    await writeFile(file("pod.json"), JSON.stringify({ metadata: { namespace: tenant }, spec }));
    const json = await explain("--pod", file("pod.json"), "-o", "json");
    expect(classesOf(JSON.parse(json.stdout).items)).toEqual({
      ...{ "db-strict": "PolicyDenied", "db-password": "granted" },
    });
    for (const wrong of [
      [],
      ["--node", "n", "--service-account", "app"],
      ["--pod", file("bearer")],
    ]) {
      expect((await explain(...wrong)).code).toBe(2);
    }
  });

  it("writes nothing of a policy's own onto the terminal", async () => {
    const conditions = [admitsSoftware, { claim: "c\u001b[31m\u009b", equals: "\u202e" }];
    await shop().putPolicy("hostile", ["db-hostile"], { conditions });
    await shop().setSecret("db-hostile", "value");
    const { code, stdout } = await run("secrets/db-hostile", "--node", "node-1");
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^[ -~\n]+$/)]);
    expect(stdout).toContain('  hostile: c\\u001b[31m\\u009b equals "\\u202e"\n');
  });
});
