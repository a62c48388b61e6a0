// SPDX-License-Identifier: Apache-2.0
/** The installation's certificates, from the mounted ConfigMap; read each time, as they rotate with overlap. */

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { caConfigMapKeys } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";

/** What clients of a vault need; the activation CA is for security officers, and most installations have none. */
const clientKeys = [caConfigMapKeys.infrastructureCa, caConfigMapKeys.releaseRoot] as const;

/** Both, keyed as in the ConfigMap. @throws {StrongroomError} `VaultUnavailable` before the vault made them */
export async function readCertificates(
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const read = async (key: string) => [key, await readFile(join(directory, key), "utf8")] as const;
  try {
    return Object.fromEntries(await Promise.all(clientKeys.map(read)));
  } catch (cause) {
    throw notYet(cause);
  }
}

/** The infrastructure CA, which vouches for the vault's own certificate. */
export function readInfrastructureCa(directory: string): string {
  try {
    return readFileSync(join(directory, caConfigMapKeys.infrastructureCa), "utf8");
  } catch (cause) {
    throw notYet(cause);
  }
}

function notYet(cause: unknown): StrongroomError {
  const message = "the installation's certificates are not there yet";
  return new StrongroomError("VaultUnavailable", message, { cause });
}
