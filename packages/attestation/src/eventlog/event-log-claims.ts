// SPDX-License-Identifier: Apache-2.0
/** What a proved event log adds to the claims of its quote. */

import type { JsonObject } from "../strict-json.ts";
import { readSecureBoot } from "./secure-boot.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** The claims; `secureboot` is Azure Attestation's, and missing where the log does not prove it. */
export function toEventLogClaims(log: ProvenEventLog): JsonObject {
  const state = readSecureBoot(log);
  return {
    "x-strongroom-event-log-bank": log.bank,
    "x-strongroom-event-log-registers": log.registers,
    ...(state === undefined
      ? {}
      : {
          secureboot: state.isEnabled,
          "x-strongroom-firmware-debugged": state.isFirmwareDebugged,
          "x-strongroom-secureboot-authorities": state.authorities,
          "x-strongroom-secureboot-variables": state.variables,
        }),
  };
}
