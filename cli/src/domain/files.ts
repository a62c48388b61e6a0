// SPDX-License-Identifier: Apache-2.0
/** Files of the security domain: certificates in, domain, exchange key and restore file in and out. */

import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { errnoOf } from "@strongroom/core";
import { readText } from "../connection.ts";
import { CommandError } from "../terminal.ts";

/** Writes a file of mode 0600; one that is there is not written over: it may be the only copy. */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const reason = errnoOf(error) === "EEXIST" ? "is there already" : "cannot be written";
    throw new CommandError("BadParameter", `${file} ${reason}`);
  }
}

/** Custodians' certificates as the vault takes them. @throws {CommandError} `BadParameter` if a file is none */
export async function readCertificates(
  files: readonly string[],
): Promise<{ readonly x5c: [string] }[]> {
  return await Promise.all(
    files.map(async (file) => {
      const text = await readText(file);
      try {
        return { x5c: [new X509Certificate(text).raw.toString("base64")] };
      } catch {
        throw new CommandError("BadParameter", `${file} is no certificate in PEM`);
      }
    }),
  );
}

/** Base64url text of a file that `writeNew` wrote. */
export async function readValue(file: string): Promise<string> {
  return (await readText(file)).trim();
}
