// SPDX-License-Identifier: Apache-2.0
/**
 * What a proved log says of a machine in Azure Attestation's names: `x-ms-azurevm-…` of an Azure machine, and the claims of
 * its TPM endpoint ("Attestation policy version 1.0", "TPM attestation"). What is not proved has no claim, never `false`.
 */

import type { JsonObject } from "../strict-json.ts";
import { type BootState, readBootState } from "./boot-state.ts";
import { toEventLogClaims } from "./event-log-claims.ts";
import { microsoftKeys } from "./microsoft-keys.ts";
import { readSecureBoot, type SecureBootState } from "./secure-boot.ts";
import { hasDefaultKeys, hasKnownDatabase, type SecureBootKeys } from "./secure-boot-keys.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

type Claims = Readonly<Record<string, string | number | boolean | undefined>>;

/** The claims of an Azure machine's log. */
export function toAzureMachineClaims(log: ProvenEventLog, keys?: SecureBootKeys): JsonObject {
  return toMachineClaims(azureClaims, log, keys);
}

/** The claims of a TPM's log. */
export function toTpmMachineClaims(log: ProvenEventLog, keys?: SecureBootKeys): JsonObject {
  return toMachineClaims(tpmClaims, log, keys);
}

/** What a log proves of a machine, each part where it proves it. */
interface Machine {
  readonly secureBoot: SecureBootState | undefined;
  readonly boot: BootState | undefined;
  readonly keys: SecureBootKeys;
}

function toMachineClaims(
  name: (machine: Machine) => Claims,
  log: ProvenEventLog,
  keys: SecureBootKeys = microsoftKeys,
): JsonObject {
  const machine = { secureBoot: readSecureBoot(log), boot: readBootState(log, keys), keys };
  return { ...toEventLogClaims(log), ...proven(name(machine)) };
}

function azureClaims({ secureBoot, boot, keys }: Machine): Claims {
  return {
    ...(secureBoot && azureKeyClaims(secureBoot, keys)),
    ...(boot && azureBootClaims(boot)),
    "x-ms-azurevm-debuggersdisabled": boot && secureBoot && hasNoDebugger(boot, secureBoot),
  };
}

function tpmClaims({ secureBoot, boot }: Machine): Claims {
  return {
    bootDebuggingDisabled: not(boot?.isBootDebugged),
    iommuEnabled: boot?.needsIommu,
    notSafeMode: not(boot?.isSafeMode),
    notWinPE: not(boot?.isWinPe),
    secureBootEnabled: secureBoot?.isEnabled,
    vbsEnabled: boot?.hasVbs,
  };
}

function azureKeyClaims(secureBoot: SecureBootState, keys: SecureBootKeys): Claims {
  return {
    "x-ms-azurevm-dbvalidated": hasKnownDatabase(secureBoot, keys),
    "x-ms-azurevm-default-securebootkeysvalidated": hasDefaultKeys(secureBoot, keys),
  };
}

function azureBootClaims(boot: BootState): Claims {
  const isSigningWeakened = either(boot.isTestSigned, boot.isFlightSigned);
  return {
    "x-ms-azurevm-bootdebug-enabled": boot.isBootDebugged,
    "x-ms-azurevm-elam-enabled": boot.hasElam,
    "x-ms-azurevm-flightsigning-enabled": boot.isFlightSigned,
    "x-ms-azurevm-hvci-policy": boot.hvciPolicy,
    "x-ms-azurevm-hypervisordebug-enabled": boot.isHypervisorDebugged,
    "x-ms-azurevm-is-windows": boot.system === "Windows",
    "x-ms-azurevm-kerneldebug-enabled": boot.isKernelDebugged,
    // Azure names the distribution of Linux too, as the machine says it: nothing measures that.
    "x-ms-azurevm-osdistro": boot.system === "Windows" ? "Microsoft" : undefined,
    "x-ms-azurevm-ostype": boot.system,
    "x-ms-azurevm-signingdisabled": not(isSigningWeakened),
    "x-ms-azurevm-testsigning-enabled": boot.isTestSigned,
  };
}

function hasNoDebugger(boot: BootState, { isFirmwareDebugged }: SecureBootState) {
  const { isBootDebugged, isKernelDebugged, isHypervisorDebugged } = boot;
  return not(
    [isBootDebugged, isKernelDebugged, isHypervisorDebugged].reduce(either, isFirmwareDebugged),
  );
}

/** Or, of what may be unknown: one that is so decides. */
function either(one: boolean | undefined, another: boolean | undefined): boolean | undefined {
  if (one === true || another === true) {
    return true;
  }
  return one === undefined || another === undefined ? undefined : false;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function proven(claims: Claims): JsonObject {
  return Object.fromEntries(
    Object.entries(claims).filter(([, value]) => value !== undefined),
  ) as JsonObject;
}
