// SPDX-License-Identifier: Apache-2.0
/** Whom the plugin trusts, and who it is: files that appear after it and change while it runs. */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { StrongroomError } from "@strongroom/core";

/** Reads a file of certificates or a token anew. @throws {StrongroomError} `VaultUnavailable` while it is missing. */
export function readTrustFile(path: string): string {
  try {
    // Synchronous: a few KiB of a memory volume, and one of the callers cannot wait.
    const text = readFileSync(path, "utf8").trim();
    if (text !== "") {
      return text;
    }
  } catch (cause) {
    throw new StrongroomError("VaultUnavailable", "a trust file is not there yet", { cause });
  }
  throw new StrongroomError("VaultUnavailable", "a trust file is empty yet");
}

/** SHA-256 fingerprints of PEM certificates in lower-case hexadecimal: one, or two while a root is replaced. */
export function fingerprintsOf(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) =>
    new X509Certificate(block).fingerprint256.replaceAll(":", "").toLowerCase(),
  );
}
