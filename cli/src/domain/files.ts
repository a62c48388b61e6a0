// SPDX-License-Identifier: Apache-2.0
/** Files of the security domain: certificates, domain, exchange key and restore file, read. */

import { X509Certificate } from "node:crypto";
import { readText } from "../connection.ts";
import { CommandError } from "../terminal.ts";

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
