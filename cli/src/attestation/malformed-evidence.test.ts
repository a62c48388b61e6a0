// SPDX-License-Identifier: Apache-2.0
/** Files that can be read and are no evidence: the same answer and exit code for every kind. */

import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { makeTestFolder, strongroom, type TestFolder } from "../__fixtures__/strongroom.ts";
import type { Question } from "./answer.ts";
import { checkTrustRoots } from "./check-trust-roots.ts";
import { evidenceKinds, verifyEvidence } from "./evidence-kinds.ts";

const files: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", new Uint8Array()],
  ["a line of text", utf8("no evidence\n")],
  ["bytes", new Uint8Array(1184).fill(0xa5)],
  ["zeros", new Uint8Array(4096)],
  ["an empty object", utf8("{}")],
  ["an empty list", utf8("[]")],
  ["null", utf8("null")],
  ["a JSON string", utf8('"evidence"')],
  ["JSON that is cut short", utf8('{"report":')],
  ["JSON of two equal names", utf8('{"quote":"AAAA","quote":"AAAB"}')],
  ["JSON of other types", utf8('{"report":1,"quote":[],"evidence":{},"token":true}')],
  [
    "JSON of short members",
    utf8('{"report":"AAAA","quote":"AAAA","token":"AAAA","evidence":"AAAA","hcl_report":"AAAA"}'),
  ],
  [
    "a report's fields without most",
    utf8('{"attestation_report":{"report_data":[],"signature":{}}}'),
  ],
  ["UTF-16", Uint8Array.from(Buffer.from('\ufeff{"report":"AAAA"}', "utf16le"))],
];
const question = (evidence: Uint8Array): Question => ({
  ...{ evidence, endorsements: [], trustRoots: [], binding: undefined },
  ...{ at: new Date("2026-06-01T00:00:00Z"), allowDebug: false },
});

describe("a file that can be read and is no evidence", () => {
  it.each(
    evidenceKinds.flatMap((kind) => files.map(([name, bytes]) => [kind, name, bytes] as const)),
  )("is refused as malformed: --type %s, %s", (kind, _, bytes) => {
    expect(verifyEvidence(kind, question(bytes))).toEqual({
      ...{ verified: false, refusal: "malformed", reason: expect.any(String) },
    });
  });

  it.each(evidenceKinds)("is no root that --type %s trusts", (kind) => {
    for (const [, bytes] of files) {
      expect(() => checkTrustRoots(kind, [bytes])).toThrow("--trust-root");
    }
    expect(() => checkTrustRoots(kind, [])).not.toThrow();
  });
});

describe("the exit code of strongroom attestation verify", () => {
  let folder: TestFolder;
  beforeAll(async () => {
    folder = await makeTestFolder();
    await writeFile(folder.path("empty.json"), "{}");
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });
  const verify = async (...args: readonly string[]) => {
    const { code, stdout } = await strongroom("attestation", "verify", ...args);
    return { code, answer: stdout === "" ? undefined : JSON.parse(stdout).refusal };
  };

  it("is 1 for evidence that is none, and 2 for files and options of no use", async () => {
    const empty = ["--evidence", folder.path("empty.json")];
    expect(await verify("--type", "snp", ...empty)).toEqual({ code: 1, answer: "malformed" });
    expect(await verify("--type", "jwt", ...empty)).toEqual({ code: 1, answer: "malformed" });
    const missing = ["--evidence", folder.path("missing")];
    expect(await verify("--type", "snp", ...missing)).toEqual({ code: 2, answer: undefined });
    const root = ["--trust-root", folder.path("empty.json")];
    expect(await verify("--type", "nitro", ...empty, ...root)).toEqual({
      code: 2,
      answer: undefined,
    });
  });
});
