// SPDX-License-Identifier: Apache-2.0
/**
 * Windows, as far as a TPM's log proves it. Its loaders say how they are configured in PCR 12 and 13, which any program may
 * extend: what is there counts only where Secure Boot was on and started nothing but what Windows' own authorities signed.
 */

import { eventType } from "./event-types.ts";
import { isMeasured, measuredAs } from "./measured-data.ts";
import { readSecureBoot } from "./secure-boot.ts";
import { isWindowsAlone, type SecureBootKeys } from "./secure-boot-keys.ts";
import { readSipaItems, type SipaItem, sipaType } from "./sipa-items.ts";
import type { ProvenEventLog } from "./verify-event-log.ts";

/** What Windows said of itself; undefined where it said nothing. */
export interface WindowsBoot {
  readonly isBootDebugged: boolean | undefined;
  readonly isKernelDebugged: boolean | undefined;
  readonly isHypervisorDebugged: boolean | undefined;
  readonly isTestSigned: boolean | undefined;
  readonly isFlightSigned: boolean | undefined;
  readonly isSafeMode: boolean | undefined;
  readonly isWinPe: boolean | undefined;
  /** Early launch of a program against malware. */
  readonly hasElam: boolean | undefined;
  /** Virtualization-based security. */
  readonly hasVbs: boolean | undefined;
  readonly needsIommu: boolean | undefined;
  /** Code integrity that the hypervisor enforces: 0 is none. */
  readonly hvciPolicy: number | undefined;
}

/** Before the system is started, and while it is. */
const registers = [12, 13] as const;

/** What a separator says with which Windows' boot log ends; whatever comes behind is anybody's. */
const endOfLog = Uint8Array.from(Buffer.from("WBCL", "latin1"));

/** Reads what Windows said; undefined where it is not proved that Windows, and nothing else, was started. */
export function readWindowsBoot(
  log: ProvenEventLog,
  keys: SecureBootKeys,
): WindowsBoot | undefined {
  const secureBoot = log.kind === "tpm" ? readSecureBoot(log) : undefined;
  if (secureBoot === undefined || !isWindowsAlone(secureBoot, keys)) {
    return undefined;
  }
  const [before, during] = registers.map((register) => readItems(log, register));
  return before && during && toWindowsBoot([...before, ...during]);
}

/** The items of a register; undefined where one of its events is none, is not covered by its digest, or the end is missing. */
function readItems(log: ProvenEventLog, register: number): readonly SipaItem[] | undefined {
  const events = log.events.filter((event) => event.register === register);
  const ends = events.filter(measuredAs([endOfLog], log.bank));
  const [end, another] = ends;
  if (end === undefined || another !== undefined) {
    return undefined;
  }
  const items = events
    .slice(0, events.indexOf(end))
    .map((event) =>
      event.type === eventType.eventTag && isMeasured(event, log.bank)
        ? readSipaItems(event.data)
        : undefined,
    );
  const known = items.filter((one) => one !== undefined);
  return known.length === items.length && known.length > 0 ? known.flat() : undefined;
}

function toWindowsBoot(items: readonly SipaItem[]): WindowsBoot {
  const has = (type: number) => items.some((item) => item.type === type);
  const required = [
    ...flagsOf(items, sipaType.vsmRequired),
    ...flagsOf(items, sipaType.mandatoryEnforcement),
  ];
  const hasVsm =
    everyFlag(required) ?? (isNeverLaunched(items, sipaType.vsmLaunch) ? false : undefined);
  const isHypervisorDebugged =
    anyFlag(flagsOf(items, sipaType.hypervisorDebug)) ??
    (isNeverLaunched(items, sipaType.hypervisorLaunch) ? false : undefined);
  return {
    isBootDebugged: anyFlag(flagsOf(items, sipaType.bootDebugging)),
    isKernelDebugged: anyFlag(flagsOf(items, sipaType.kernelDebug)),
    isHypervisorDebugged,
    isTestSigned: anyFlag(flagsOf(items, sipaType.testSigning)),
    isFlightSigned: anyFlag(flagsOf(items, sipaType.flightSigning)),
    isSafeMode: anyFlag(flagsOf(items, sipaType.safeMode)),
    isWinPe: anyFlag(flagsOf(items, sipaType.winPe)),
    hasElam: has(sipaType.elamAggregation) ? true : undefined,
    hasVbs: hasVsm,
    needsIommu: everyFlag(flagsOf(items, sipaType.iommuRequired)),
    hvciPolicy: hvciPolicyOf(items),
  };
}

type Flag = boolean | "neither";

/** One byte, yes or no, of each item of a type. */
function flagsOf(items: readonly SipaItem[], type: number): readonly Flag[] {
  return items
    .filter((item) => item.type === type)
    .map(({ data }) => (data.length === 1 && (data[0] ?? 2) < 2 ? data[0] === 1 : "neither"));
}

/** What makes a machine weaker is so if any loader says it. */
function anyFlag(flags: readonly Flag[]): boolean | undefined {
  return flags.length === 0 || flags.includes("neither") ? undefined : flags.includes(true);
}

/** What makes a machine stronger is so if every loader says it. */
function everyFlag(flags: readonly Flag[]): boolean | undefined {
  return flags.length === 0 || flags.includes("neither") ? undefined : !flags.includes(false);
}

/** Whether loaders said how they start it, and each that they do not. */
function isNeverLaunched(items: readonly SipaItem[], type: number): boolean {
  const launches = items.filter((item) => item.type === type);
  return launches.length > 0 && launches.every(({ data }) => data.every((byte) => byte === 0));
}

/** The one policy that loaders state; none where they say that nothing is started which could enforce one. */
function hvciPolicyOf(items: readonly SipaItem[]): number | undefined {
  const policies = items.filter(({ type }) => type === sipaType.hvciPolicy).map(({ data }) => data);
  const [policy] = policies;
  if (policy === undefined) {
    return isNeverLaunched(items, sipaType.vsmLaunch) ? 0 : undefined;
  }
  const isOne = policies.every((one) => Buffer.compare(one, policy) === 0);
  return isOne && policy.length === 8 && policy.slice(4).every((byte) => byte === 0)
    ? new DataView(policy.buffer, policy.byteOffset).getUint32(0, true)
    : undefined;
}
