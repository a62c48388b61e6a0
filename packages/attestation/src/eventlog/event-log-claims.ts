// SPDX-License-Identifier: Apache-2.0
/** What a proved event log adds to the claims of its quote. */

import { sha256, toHex } from "@strongroom/core";
import type { JsonObject } from "../strict-json.ts";
import { readBootImages } from "./boot-images.ts";
import { readLinuxBoot } from "./linux-boot.ts";
import { readSecureBoot, type SecureBootState } from "./secure-boot.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** The claims; `secureboot` is Azure Attestation's, and missing where the log does not prove it, as are the others. */
export function toEventLogClaims(log: ProvenEventLog): JsonObject {
  const state = readSecureBoot(log);
  const images = readBootImages(log);
  const linux = readLinuxBoot(log);
  return {
    ...(images && { "x-strongroom-boot-images": images }),
    "x-strongroom-event-log-bank": log.bank,
    "x-strongroom-event-log-registers": log.registers,
    ...(linux && {
      "x-strongroom-kernel-command-line": linux.commandLine,
      ...(linux.files.length > 0 && { "x-strongroom-boot-files": linux.files }),
    }),
    ...(state && secureBootClaims(state)),
  };
}

function secureBootClaims({
  isEnabled,
  isFirmwareDebugged,
  authorities,
  databases,
}: SecureBootState): JsonObject {
  const digests = [...databases].map(([name, data]) => [name, toHex(sha256(data))] as const);
  return {
    secureboot: isEnabled,
    "x-strongroom-firmware-debugged": isFirmwareDebugged,
    "x-strongroom-secureboot-authorities": authorities.map(({ data }) => toHex(sha256(data))),
    "x-strongroom-secureboot-variables": Object.fromEntries(digests),
  };
}
