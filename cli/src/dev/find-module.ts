// SPDX-License-Identifier: Apache-2.0
/** The PKCS#11 module of a development vault. */

import { access } from "node:fs/promises";
import { CommandError } from "../terminal.ts";

const softHsm = "/usr/lib/softhsm/libsofthsm2.so";

/** Path of the module. @throws {CommandError} `HsmUnavailable` if there is none */
export async function findModule(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const path = environment["STRONGROOM_HSM_MODULE"] ?? softHsm;
  try {
    await access(path);
    return path;
  } catch {
    throw new CommandError(
      "HsmUnavailable",
      `there is no PKCS#11 module at ${path}`,
      'install SoftHSM (Debian: softhsm2, or "scripts/setup.sh dev"), or set STRONGROOM_HSM_MODULE',
    );
  }
}
