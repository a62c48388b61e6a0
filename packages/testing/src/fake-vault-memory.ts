// SPDX-License-Identifier: Apache-2.0
/** The memory of a fake vault. */

import { randomBytes } from "node:crypto";
import type { ManageCall, PutPolicyRequest, PutVaultRequest } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";

/** Owner of what a person put there, which the operator never hears of. */
export const nobody = "nobody";

/** An object of the fake. */
export interface FakeObject {
  readonly owner: string;
  readonly version: string;
  /** What the resource asked for last. */
  readonly request: ManageCall | undefined;
}

/** A vault of the fake. */
export interface FakeVaultRecord {
  readonly spec: PutVaultRequest;
  readonly policies: Map<string, PutPolicyRequest>;
  readonly secrets: Map<string, FakeObject>;
  readonly keys: Map<string, FakeObject>;
  readonly certificates: Map<string, FakeObject>;
}

/** Everything. */
export interface FakeMemory {
  readonly vaults: Map<string, FakeVaultRecord>;
  highestEpoch: number;
  changes: number;
  /** State of certificates. */
  issuing: "completed" | "inProgress" | "failed";
}

/** A vault. @throws {StrongroomError} `NotFound` */
export function findVault({ vaults }: FakeMemory, uid: string): FakeVaultRecord {
  const vault = vaults.get(uid);
  if (vault === undefined) {
    throw new StrongroomError("NotFound", "there is no such vault");
  }
  return vault;
}

/** 32 hexadecimal digits. */
export function newVersion(): string {
  return randomBytes(16).toString("hex");
}
