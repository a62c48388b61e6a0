// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { inProcess as strongroom } from "../__fixtures__/in-process.ts";
import { makeTestFolder, type TestFolder } from "../__fixtures__/strongroom.ts";

const issuer = "https://attest.example";
const policy = {
  version: "1.0.0",
  anyOf: [{ authority: `${issuer}/`, allOf: [{ claim: "tee.type", equals: "sevsnpvm" }] }],
};
const good = { iss: issuer, tee: { type: "sevsnpvm" } };

describe("strongroom policy", () => {
  let folder: TestFolder;
  beforeAll(async () => {
    folder = await makeTestFolder();
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  const trial = async (files: readonly [unknown, unknown], ...args: readonly string[]) => {
    const [policyFile, claimsFile] = ["policy.json", "claims.json"].map(folder.path);
    const texts = files.map((file) => (typeof file === "string" ? file : JSON.stringify(file)));
    await writeFile(policyFile ?? "", texts[0] ?? "");
    await writeFile(claimsFile ?? "", texts[1] ?? "");
    const options = ["--policy", policyFile ?? "", "--claims", claimsFile ?? "", ...args];
    return await strongroom("policy", "test", ...options);
  };

  it("ends with 0 where the policy allows, and says by what", async () => {
    const { code, stdout } = await trial([policy, good]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `allowed\n  "${issuer}"\n    met     allOf\n      met     "tee.type" equals "sevsnpvm"\n`,
    );
    const answer = await trial([policy, good], "-o", "json");
    expect(answer.code).toBe(0);
    expect(JSON.parse(answer.stdout)).toMatchObject({ allowed: true, reasons: [], warnings: [] });
  });

  it("ends with 1 where it denies, and names the claim that refuses", async () => {
    const claims = { ...good, tee: { type: "tdx\u001b\u009b" } };
    const { code, stdout } = await trial([policy, claims]);
    expect(code).toBe(1);
    expect(stdout).toContain('not met "tee.type" equals "sevsnpvm", found "tdx\\u001b\\u009b"\n');
    const json = await trial([policy, claims], "-o", "json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      allowed: false,
      reasons: ['tee.type equals "sevsnpvm"'],
      authorities: [{ authority: issuer, issued: true, met: false }],
    });
    const other = await trial([policy, { ...good, iss: "https://other.example" }]);
    expect(other.code).toBe(1);
    expect(other.stdout).toContain(`"${issuer}" did not issue the token`);
  });

  it("ends with 2 where policy, claims or options are of no use", async () => {
    for (const files of [
      [{}, good],
      [{ anyOf: [{ authority: issuer, allOf: [{ claim: "a", matches: "b" }] }] }, good],
      ["{", good],
      [policy, "]"],
      [policy, [good]],
      [policy, { tee: good.tee }],
      [policy, { ...good, iss: 1 }],
    ] as const) {
      expect(await trial(files)).toMatchObject({ code: 2, stdout: "" });
    }
    expect((await trial([policy, good], "-o", "yaml")).code).toBe(2);
    for (const at of ["now", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-06-01"]) {
      expect((await trial([policy, good], "--at", at)).code).toBe(2);
    }
    expect((await trial([policy, good], "--at", "2028-02-29T23:00:00+05:00")).code).toBe(0);
    expect((await strongroom("policy", "test", "--policy", folder.path("none"))).code).toBe(2);
    expect((await trial([policy, { tee: {} }])).stderr).toContain("the claims have no iss");
  });

  it("says where a policy is wrong", async () => {
    const wrong = { anyOf: [{ authority: issuer, allOf: [{ claim: "a" }] }] };
    expect((await trial([wrong, good])).stderr).toContain("policy.anyOf.0.allOf.0: ");
  });

  it("warns of what a vault denies all the same", async () => {
    const { code, stdout } = await trial([policy, { ...good, "x-strongroom-class": "software" }]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "warning: a vault denies this: no condition on x-strongroom-class admits its value\n",
    );
  });

  it("writes nothing of a policy's or a token's own onto the terminal", async () => {
    const claim = "c\u001b[31m\u009b";
    const hostile = {
      anyOf: [
        { authority: `${issuer}/\u009b`, allOf: [{ claim: "a", equals: 1 }] },
        {
          authority: issuer,
          allOf: [
            { claim, exists: false },
            { claim, equals: "nothing" },
          ],
        },
      ],
    };
    const { stdout } = await trial([hostile, good]);
    expect(stdout).toContain('not met "c\\u001b[31m\\u009b" equals "nothing", found nothing\n');
    const lint = await strongroom("policy", "lint", "--policy", folder.path("policy.json"));
    expect(lint.stdout).toContain("AbsenceAdmitted");
    for (const printed of [stdout, lint.stdout]) {
      expect(printed).toMatch(/^[ -~\n]+$/);
    }
    const named = { ...good, tee: { type: "nothing" } };
    expect((await trial([policy, named])).stdout).toContain('found "nothing"\n');
  });

  it("reads files that begin with a byte order mark", async () => {
    const marked = [policy, good].map((file) => `\uFEFF${JSON.stringify(file)}`);
    expect((await trial([marked[0], marked[1]])).code).toBe(0);
  });

  it("answers hostile claims, as deep as they are read", async () => {
    const nested = (levels: number) =>
      `{"iss":"${issuer}","tee":{"type":${"[".repeat(levels)}${"]".repeat(levels)}}}`;
    expect(await trial([policy, nested(400_000)], "-o", "json")).toMatchObject({
      ...{ code: 2, stdout: "", stderr: expect.stringContaining("deeper than 512 levels") },
    });
    const json = await trial([policy, nested(510)], "-o", "json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      authorities: [{ reason: { reasons: [{ found: "a list of 1" }] } }],
    });
  });

  it("takes reference values from the authority's resource, and knows no others", async () => {
    const named = {
      version: "1.0.0+strongroom.1",
      anyOf: [{ authority: issuer, allOf: [{ claim: "tee.type", reference: "machines" }] }],
    };
    const authority = folder.path("authority.json");
    const claims = [{ claim: "tee.type", values: ["sevsnpvm"] }];
    const spec = { references: [{ name: "machines", kind: "SevSnpVm", claims }] };
    await writeFile(authority, JSON.stringify({ kind: "AttestationAuthority", spec }));
    expect((await trial([named, good], "--authority", authority)).code).toBe(0);
    const { code, stdout } = await trial([named, good]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'reference "machines", found "sevsnpvm"; the authority has no values of that name for it\n',
    );
    await writeFile(authority, JSON.stringify({ references: [{ name: "machines" }] }));
    expect(await trial([named, good], "--authority", authority)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining("authority.references.0.") },
    });
  });

  it("lints a resource: 1 with risks, 0 without, 2 for what is none", async () => {
    const file = folder.path("resource.yaml");
    const lint = async (conditions: string, ...args: readonly string[]) => {
      const spec = `{vault: v, policy: {anyOf: [{authority: ${issuer}, allOf: [${conditions}]}]}}`;
      await writeFile(file, `kind: KeyReleasePolicy\nspec: ${spec}\n`);
      return await strongroom("policy", "lint", "--policy", file, ...args);
    };
    const software = '{claim: x-strongroom-class, equals: "software"}';
    const checked = '{claim: x-ms-sevsnpvm-is-debuggable, equals: "false"}';
    expect(await lint(`${software}, ${checked}`)).toEqual({
      ...{ code: 1, stderr: "" },
      stdout: expect.stringMatching(/^SoftwareAdmitted: [^\n]*x-strongroom-class[^\n]*\n$/),
    });
    expect(await lint(checked)).toEqual({ code: 0, stdout: "", stderr: "" });
    const authority = folder.path("authority.yaml");
    await writeFile(authority, "spec: {kinds: []}\n");
    const trusted = ["--authority", authority, "--issuer", "https://own.example", "-o", "json"];
    const untrusted = await lint(checked, ...trusted);
    expect([untrusted.code, JSON.parse(untrusted.stdout).risks]).toEqual([
      1,
      [{ code: "AuthorityUntrusted", message: expect.stringContaining(issuer) }],
    ]);
    expect((await lint("{}")).code).toBe(2);
    expect((await lint(checked, "--issuer", issuer)).code).toBe(2);
  });

  it("takes ages at the instant that is given", async () => {
    const recent = {
      version: "1.0.0+strongroom.1",
      anyOf: [{ authority: issuer, allOf: [{ claim: "iat", maxAgeSeconds: 60 }] }],
    };
    const claims = { iss: issuer, iat: Date.parse("2026-06-01T00:00:00Z") / 1000 };
    expect((await trial([recent, claims], "--at", "2026-06-01T00:01:00Z")).code).toBe(0);
    expect((await trial([recent, claims], "--at", "2026-06-01T00:01:01Z")).code).toBe(1);
  });
});
