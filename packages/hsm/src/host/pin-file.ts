// SPDX-License-Identifier: Apache-2.0
/**
 * The PIN file, and the memory that it was refused.
 *
 * A token locks itself after a few wrong PINs, and kubelet restarts containers: so a refusal is written down beside the
 * file, as its modification time, and no start tries the same file again.
 */

import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { errnoOf, StrongroomError } from "@strongroom/core";
import type { DataFolder } from "./data-folder.ts";

/** A PIN, and what tells one state of its file from the next. */
export interface Pin {
  readonly text: string;
  readonly mark: string;
}

/** The PIN file of a data folder. */
export interface PinFile {
  /** @throws {StrongroomError} `HsmUnavailable` if it cannot be read. */
  read(): Pin;
  /** Whether the token refused the file in this state. */
  isRefused(pin: Pin): boolean;
  /** Writes down that the token refused this state of the file. */
  refuse(pin: Pin): void;
  /** Forgets refusals: the token took the PIN. */
  accept(): void;
}

/** Opens nothing yet. */
export function createPinFile(folder: DataFolder): PinFile {
  // Also in memory, for a volume that is full.
  let refused: string | undefined;
  return {
    read: () => readPin(folder.pin),
    isRefused: (pin) => refused === pin.mark || readRefusal(folder.refusedPin) === pin.mark,
    refuse: (pin) => {
      refused = pin.mark;
      writeFileSync(folder.refusedPin, pin.mark, { mode: 0o600, flush: true });
    },
    accept: () => rmSync(folder.refusedPin, { force: true }),
  };
}

function readPin(path: string): Pin {
  try {
    const { mtimeNs, ino, size } = statSync(path, { bigint: true });
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    return { text, mark: `${mtimeNs}-${ino}-${size}` };
  } catch (cause) {
    throw new StrongroomError("HsmUnavailable", "the PIN file cannot be read", { cause });
  }
}

function readRefusal(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
