// SPDX-License-Identifier: Apache-2.0
/**
 * A folder that behaves as configfs-tsm: making a report makes its attributes, a write counts up, an answer is made when
 * it is read. Faults come in between, as the kernel and other processes cause them.
 */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { TsmAttribute, TsmFiles } from "../tsm-files.ts";

/** What the fake device does. */
export interface FakeDevice {
  readonly provider: string;
  /** Makes the answer to 64 bytes at a privilege level. */
  readonly answer: (reportData: Uint8Array, privilegeLevel: number) => Uint8Array;
  readonly table?: Uint8Array;
  /** Before an operation: throws what the kernel would, or changes what is there. */
  readonly fault?: (operation: string, world: FakeConfigfs) => Promise<void> | void;
}

/** The folder. */
export interface FakeConfigfs extends TsmFiles, AsyncDisposable {
  readonly root: string;
  /** Reports that are there now. */
  reports(): Promise<readonly string[]>;
  /** Operations so far, as `write inblob`. */
  readonly operations: readonly string[];
  /** Another process writes into a report. */
  disturb(folder: string): Promise<void>;
}

/** An error as a system call makes it. */
export function errno(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: "write" });
}

/** Makes the folder. */
export async function makeFakeConfigfs(device: FakeDevice): Promise<FakeConfigfs> {
  const root = await mkdtemp(join(tmpdir(), "tsm-"));
  const operations: string[] = [];
  const step = async (operation: string) => {
    operations.push(operation);
    await device.fault?.(operation, world);
  };
  const readNumber = async (folder: string, name: TsmAttribute) =>
    Number(await readFile(join(folder, name), "utf8").catch(() => "0"));
  const countUp = async (folder: string) => {
    const next = (await readNumber(folder, "generation")) + 1;
    await writeFile(join(folder, "generation"), `${next}\n`);
  };
  const world: FakeConfigfs = {
    root,
    operations,
    makeReport: async (folder) => {
      await step("make");
      await mkdir(folder);
      await writeFile(join(folder, "provider"), `${device.provider}\n`);
      await writeFile(join(folder, "generation"), "0\n");
    },
    read: async (folder, attribute) => {
      await step(`read ${attribute}`);
      if (attribute === "auxblob") {
        return device.table ?? new Uint8Array();
      }
      if (attribute !== "outblob") {
        return new Uint8Array(await readFile(join(folder, attribute)));
      }
      const request = await readFile(join(folder, "inblob")).catch(() => undefined);
      if (request?.length !== 64) {
        throw errno("EINVAL");
      }
      return device.answer(new Uint8Array(request), await readNumber(folder, "privlevel"));
    },
    write: async (folder, attribute, content) => {
      await step(`write ${attribute}`);
      await writeFile(join(folder, attribute), content);
      await countUp(folder);
    },
    removeReport: async (folder) => {
      await step("remove");
      await rm(folder, { recursive: true });
    },
    reports: async () => (await readdir(root)).map((name) => basename(name)),
    disturb: countUp,
    [Symbol.asyncDispose]: async () => await rm(root, { recursive: true, force: true }),
  };
  return world;
}
