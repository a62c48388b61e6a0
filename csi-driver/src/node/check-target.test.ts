// SPDX-License-Identifier: Apache-2.0
/** Paths that may be mounted over, and those that only look like it. */

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { checkTarget } from "./check-target.ts";

let root: string;
let pods: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "pods-"));
  pods = join(root, "pods");
  await mkdir(join(pods, "uid/volumes/v/mount"), { recursive: true });
  await mkdir(join(root, "pods-not"));
  await symlink("/etc", join(pods, "uid/volumes/link"));
  await writeFile(join(pods, "uid/file"), "");
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

describe("checkTarget", () => {
  it.each([
    ["uid/volumes/v/mount", "directory"],
    ["uid/volumes/v/other", "absent"],
    ["gone/volumes/v/mount", "orphaned"],
  ])("says of %s that it is %s", async (path, state) => {
    expect(await checkTarget(pods, join(pods, path))).toBe(state);
  });

  it.each([
    ["the pods directory itself", ""],
    ["a path that climbs", "/uid/../../pods-not"],
    ["a neighbour whose name begins alike", "-not/x"],
    ["a doubled slash", "//uid/volumes"],
    ["a trailing slash", "/uid/volumes/"],
    ["a link", "/uid/volumes/link"],
    ["what lies beyond a link", "/uid/volumes/link/ssh"],
    ["what lies below a file", "/uid/file/x"],
    ["a NUL byte", "/uid/volumes/v\0/x"],
  ])("refuses %s", async (_, suffix) => {
    await expect(checkTarget(pods, `${pods}${suffix}`)).rejects.toMatchObject({
      code: "BadParameter",
    });
  });

  it("refuses a relative path", async () => {
    await expect(checkTarget(pods, "uid/volumes/v/mount")).rejects.toMatchObject({
      code: "BadParameter",
    });
  });
});
