// SPDX-License-Identifier: Apache-2.0
/**
 * Collects evidence through configfs-tsm (Linux 6.7 and later), the kernel's one interface to SEV-SNP, TDX and what comes
 * after. A report is a folder: a request is written into it, and the answer read, by one process alone.
 */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  type Clock,
  errnoOf,
  fromUtf8,
  isStrongroomError,
  type Log,
  StrongroomError,
  toHex,
} from "@strongroom/core";
import * as limits from "../limits.ts";
import { reportDataOf, type TeeCollector, type TeeEvidence } from "../tee/tee-evidence.ts";
import { isTsmProvider, type TsmFiles, type TsmProvider } from "./tsm-files.ts";

/** What a collector works with. */
export interface TsmDeps {
  readonly files: TsmFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** `/sys/kernel/config/tsm/report`. */
  readonly root: string;
  /** VMPL that the report is asked for, 0 to 3; without, the kernel's own. */
  readonly privilegeLevel?: number;
}

/** A collector; nothing is asked before the first use. */
export function createTsmCollector(deps: TsmDeps): TeeCollector {
  return {
    collect: async (binding, signal) => {
      for (const wait of [...limits.tsmWaits, undefined]) {
        const outcome = await attempt(deps, binding);
        if (outcome.kind === "done") {
          return { evidence: outcome.evidence, endorsements: [] };
        }
        if (wait === undefined) {
          throw outcome.error;
        }
        await deps.clock.sleep(wait, signal);
      }
      throw new StrongroomError("TeeUnavailable", "the device was not asked");
    },
  };
}

type Outcome =
  | { readonly kind: "done"; readonly evidence: TeeEvidence }
  | { readonly kind: "again"; readonly error: StrongroomError };

async function attempt(deps: TsmDeps, binding: Uint8Array): Promise<Outcome> {
  const { files, root, log } = deps;
  const folder = join(root, `strongroom-${toHex(randomBytes(8))}`);
  try {
    await files.makeReport(folder);
  } catch (error) {
    return toOutcome(error);
  }
  try {
    return { kind: "done", evidence: await request(deps, folder, binding) };
  } catch (error) {
    return toOutcome(error);
  } finally {
    // It holds kernel memory until the next boot, and no secret.
    await files.removeReport(folder).catch((error: unknown) => {
      log.failure("a report was not removed", error);
    });
  }
}

async function request(
  { files, privilegeLevel }: TsmDeps,
  folder: string,
  binding: Uint8Array,
): Promise<TeeEvidence> {
  const provider = fromUtf8(await files.read(folder, "provider")).trim();
  if (!isTsmProvider(provider)) {
    throw new StrongroomError("TeeFailed", "the kernel's provider is of no known kind");
  }
  if (privilegeLevel !== undefined) {
    await files.write(folder, "privlevel", String(privilegeLevel));
  }
  await files.write(folder, "inblob", reportDataOf(binding));
  // Each write counts one up: another number says that somebody else wrote into this folder, and whose report it is now.
  const expected = privilegeLevel === undefined ? 1 : 2;
  const before = await readGeneration(files, folder);
  const outblob = await readBlob(files, folder, "outblob");
  const auxblob = provider === "sev_guest" ? await readTable(files, folder) : undefined;
  const after = await readGeneration(files, folder);
  if (before !== expected || after !== expected) {
    throw new StrongroomError("TeeUnavailable", "somebody else wrote into the report");
  }
  return toEvidence(provider, outblob, auxblob);
}

function toEvidence(
  provider: TsmProvider,
  outblob: Uint8Array,
  auxblob: Uint8Array | undefined,
): TeeEvidence {
  switch (provider) {
    case "sev_guest":
      return {
        kind: "SevSnpVm",
        report: outblob,
        ...(auxblob === undefined ? {} : { certificateTable: auxblob }),
      };
    case "tdx_guest":
      return { kind: "TdxVm", quote: outblob };
    case "arm_cca_guest":
      return { kind: "Cca", token: outblob };
  }
}

async function readGeneration(files: TsmFiles, folder: string): Promise<number> {
  const text = fromUtf8(await files.read(folder, "generation")).trim();
  if (!/^\d{1,9}$/.test(text)) {
    throw new StrongroomError("TeeFailed", "the report's generation is no number");
  }
  return Number(text);
}

async function readBlob(
  files: TsmFiles,
  folder: string,
  attribute: "auxblob" | "outblob",
): Promise<Uint8Array> {
  const blob = await files.read(folder, attribute);
  if (blob.length === 0 || blob.length > limits.teeAnswerBytes) {
    throw new StrongroomError("TeeFailed", `the device answers ${blob.length} bytes`);
  }
  return blob;
}

/** Hosts need not hand out certificates: kernels have no such attribute then, or an empty one. */
async function readTable(files: TsmFiles, folder: string): Promise<Uint8Array | undefined> {
  try {
    const table = await files.read(folder, "auxblob");
    return table.length === 0 || table.length > limits.teeAnswerBytes ? undefined : table;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENXIO") {
      return undefined;
    }
    throw error;
  }
}

/** What the kernel says when it would answer a moment later: another request is under way, or the one before timed out. */
const passing: readonly (string | undefined)[] = [
  "EBUSY",
  "EAGAIN",
  "EINTR",
  "EINVAL",
  "EEXIST",
  "ETIMEDOUT",
  "EWOULDBLOCK",
];

function toOutcome(error: unknown): Outcome {
  if (isStrongroomError(error, "TeeUnavailable")) {
    return { kind: "again", error };
  }
  if (isStrongroomError(error)) {
    throw error;
  }
  const errno = errnoOf(error);
  if (passing.includes(errno)) {
    const busy = `the device is busy (${errno})`;
    return { kind: "again", error: new StrongroomError("TeeUnavailable", busy, { cause: error }) };
  }
  const isAbsent =
    errno === "ENOENT" || errno === "EACCES" || errno === "EPERM" || errno === "ENODEV";
  throw new StrongroomError(
    isAbsent ? "TeeUnavailable" : "TeeFailed",
    `the device cannot be used (${errno ?? "unknown"})`,
    { cause: error },
  );
}
