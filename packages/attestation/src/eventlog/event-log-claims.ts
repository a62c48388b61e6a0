// SPDX-License-Identifier: Apache-2.0
/** What a proved event log adds to the claims of its quote. */

import { canonicalJson, sha256, toHex } from "@strongroom/core";
import type { JsonObject } from "../strict-json.ts";
import { readBootImages } from "./boot-images.ts";
import type { EfiVariable } from "./efi-variable.ts";
import { readLinuxBoot } from "./linux-boot.ts";
import { readSecureBoot, type SecureBootState } from "./secure-boot.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** The claims; `secureboot` is Azure Attestation's, and missing where the log does not prove it, as are the others. */
export function toEventLogClaims(log: ProvenEventLog): JsonObject {
  const state = readSecureBoot(log);
  const images = readBootImages(log);
  const linux = readLinuxBoot(log);
  return {
    ...(images && listClaims("x-strongroom-boot-images", images)),
    "x-strongroom-event-log-bank": log.bank,
    "x-strongroom-event-log-registers": log.registers,
    ...(linux && {
      "x-strongroom-kernel-command-line": linux.commandLine,
      ...(linux.files.length > 0 && listClaims("x-strongroom-boot-files", linux.files)),
    }),
    ...(state && secureBootClaims(state)),
  };
}

/**
 * A list, and SHA-256 of it as canonical JSON: a system may extend these registers once it runs, so that a member says nothing
 * of what was started, and the whole does.
 */
function listClaims(name: string, list: readonly string[]): JsonObject {
  return { [name]: list, [`${name}-digest`]: toHex(sha256(canonicalJson(list))) };
}

/** What the log does not say has the digest that was measured: whoever hands the log in may leave no entry out. */
function toAuthority(entry: EfiVariable | Uint8Array): string {
  return entry instanceof Uint8Array ? `unread:${toHex(entry)}` : toHex(sha256(entry.data));
}

function secureBootClaims({
  isEnabled,
  isFirmwareDebugged,
  since,
  databases,
}: SecureBootState): JsonObject {
  const digests = [...databases].map(([name, data]) => [name, toHex(sha256(data))] as const);
  return {
    secureboot: isEnabled,
    "x-strongroom-firmware-debugged": isFirmwareDebugged,
    ...(since && listClaims("x-strongroom-secureboot-authorities", since.map(toAuthority))),
    "x-strongroom-secureboot-variables": Object.fromEntries(digests),
  };
}
