// SPDX-License-Identifier: Apache-2.0
/** That no published file is left out: each has a row of a test, or of the table that says why it is not read. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { unreadVectors } from "./__fixtures__/unread-vectors.ts";
import { openVectors, vectorsFolder } from "./__fixtures__/vectors.ts";
import { readDcapEndorsements } from "./dcap/dcap-endorsements.ts";
import { isEventLog } from "./eventlog/is-event-log.ts";
import { ifWellFormed } from "./if-well-formed.ts";
import { readDeviceEvidence } from "./nvidia/read-device-evidence.ts";
import { parseSnpReport } from "./snp/parse-snp-report.ts";

const folder = vectorsFolder(process.env["STRONGROOM_VECTORS"]);
const vectors = openVectors(folder);
const withVectors = vectors === undefined ? describe.skip : describe;

/** Tests of this package by the file; tables of the command line, which share names of folders, as one. */
const commandLine = resolve(import.meta.dirname, "../../../cli/src/attestation");
const tests = filesBelow(import.meta.dirname).filter((path) => path.endsWith(".test.ts"));
const rows = filesBelow(join(commandLine, "__fixtures__/published"));
const sources = [...tests.map(readSource), rows.map(readSource).join("\n")];

function filesBelow(path: string): readonly string[] {
  return existsSync(path)
    ? readdirSync(path, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];
}

function readSource(path: string): string {
  return readFileSync(path, "utf8");
}

/** What stands between punctuation, whole and by what two underscores divide. */
const words = sources.map((source) => {
  const whole = source.split(/[\s"'`,/{}()]+/u);
  return new Set([...whole, ...whole.flatMap((word) => word.split("__"))]);
});

/**
 * The file's name, also without its ending, and without what is before two underscores, where no other file of the folder
 * has that name: tables have those once for all of their rows.
 */
function namesOf(path: string): readonly string[] {
  const name = basename(path);
  const short = name.slice(0, name.length - extname(name).length);
  const rest = name.replace(/^.*__/u, "");
  const isOther = rest !== name && existsSync(join(folder, dirname(path), rest));
  return isOther ? [name, short] : [name, short, rest, short.replace(/^.*__/u, "")];
}

/** Whether a test has the file's name, and that of the repository that it is from. */
function isNamed(path: string): boolean {
  const origin = path.split("/").at(-2) ?? "";
  return words.some(
    (source) => source.has(origin) && namesOf(path).some((name) => source.has(name)),
  );
}

withVectors("published files", () => {
  const unread = new Map(unreadVectors);
  const paths = filesBelow(folder)
    .map((path) => path.slice(folder.length + 1))
    .filter((path) => path.includes("/"));

  it("are all named, by a row of a test or by the table of those that are not read", () => {
    expect(paths.length).toBeGreaterThan(300);
    expect(paths.filter((path) => !unread.has(path) && !isNamed(path))).toEqual([]);
  });

  it("have one row in one of the two", () => {
    expect(unreadVectors.filter(([path]) => !paths.includes(path))).toEqual([]);
    expect(unread.size).toBe(unreadVectors.length);
  });

  it.each(unreadVectors)("%s is not read: %s", (path) => {
    const file = vectors?.bytes(path) ?? new Uint8Array();
    expect(isEventLog(file)).toBe(false);
    const readers: readonly (() => object | undefined)[] = [
      () => parseSnpReport(file),
      () => readDcapEndorsements([file]),
      () => readDeviceEvidence(file, []),
    ];
    for (const read of readers) {
      expect(ifWellFormed(read)).toBeUndefined();
    }
  });
});
