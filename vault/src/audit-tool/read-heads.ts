// SPDX-License-Identifier: Apache-2.0
/** Heads that somebody kept: the token's own files, a vault's status, or what came with a release. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseJsonIfAny, type SignedHead, StrongroomError } from "@strongroom/core";
import { z } from "zod";

const head = z.object({
  log: z.string().min(1),
  size: z.int().min(1),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.number().default(0),
  /** Absent in the token's own files, which only the HSM host writes. */
  signature: z.string().optional(),
});

const content = z.union([head, z.array(head), z.object({ head })]);

/** A head, signed or not. */
export type KeptHead = Omit<SignedHead, "signature"> & { readonly signature?: string | undefined };

/** Heads, and whether they are of every log: only the token knows all. */
export interface KeptHeads {
  readonly heads: readonly KeptHead[];
  readonly areAll: boolean;
}

/** Reads a file with heads, or the folder in which the HSM host keeps them. @throws {StrongroomError} `BadParameter` */
export async function readHeads(path: string): Promise<KeptHeads> {
  if (!(await stat(path)).isDirectory()) {
    return { heads: await readFileOfHeads(path), areAll: false };
  }
  const files = (await readdir(path)).filter((name) => name.endsWith(".json"));
  const heads = await Promise.all(files.map((name) => readFileOfHeads(join(path, name))));
  return { heads: heads.flat(), areAll: true };
}

async function readFileOfHeads(path: string): Promise<readonly KeptHead[]> {
  const parsed = content.safeParse(parseJsonIfAny(await readFile(path, "utf8")));
  if (!parsed.success) {
    throw new StrongroomError("BadParameter", `${path} holds no head of an audit log`);
  }
  return "head" in parsed.data ? [parsed.data.head] : [parsed.data].flat();
}
