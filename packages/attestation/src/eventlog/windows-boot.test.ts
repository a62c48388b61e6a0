// SPDX-License-Identifier: Apache-2.0
/** Windows in a TPM's log: what its loaders say of themselves, and when that is worth anything. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { provenLog } from "../__fixtures__/event-log-attempts.ts";
import type { TestEvent } from "../__fixtures__/test-event-log.ts";
import { authorityOf, startedBy, testKeys } from "../__fixtures__/test-secure-boot.ts";
import { boundary, endOfWindows, flag, sipa, wide } from "../__fixtures__/test-sipa.ts";
import { eventType } from "./event-types.ts";
import { sipaType } from "./sipa-items.ts";
import { readWindowsBoot } from "./windows-boot.ts";

const windows = startedBy("windows");
const quiet = [
  ...[sipaType.bootDebugging, sipaType.testSigning, sipaType.flightSigning, sipaType.safeMode],
  ...[sipaType.winPe, sipaType.kernelDebug],
].map((type) => flag(type, 0));
const ends = [12, 13].map(endOfWindows);

/** Windows that says this in both registers. */
const saying = (...items: readonly Uint8Array[]) => [
  ...windows,
  ...[12, 13].map((register) => boundary(register, ...items)),
  ...ends,
];
const read = (events: readonly TestEvent[], quoted?: readonly number[]) =>
  readWindowsBoot(provenLog(events, quoted), testKeys);

describe("windows in a tpm's log", () => {
  it("says what is off, and nothing of what it does not speak of", () => {
    expect(read(saying(...quiet))).toEqual({
      ...{ isBootDebugged: false, isKernelDebugged: false, isTestSigned: false },
      ...{ isFlightSigned: false, isSafeMode: false, isWinPe: false },
      ...{ isHypervisorDebugged: undefined, hasElam: undefined, hasVbs: undefined },
      ...{ needsIommu: undefined, hvciPolicy: undefined },
    });
    expect(read(saying(wide(0x00020002, 4)))?.isBootDebugged).toBeUndefined();
  });

  it.each([
    ["isBootDebugged", sipaType.bootDebugging],
    ["isKernelDebugged", sipaType.kernelDebug],
    ["isHypervisorDebugged", sipaType.hypervisorDebug],
    ["isTestSigned", sipaType.testSigning],
    ["isFlightSigned", sipaType.flightSigning],
    ["isSafeMode", sipaType.safeMode],
    ["isWinPe", sipaType.winPe],
  ] as const)("is weaker by one loader that says so: %s", (name, type) => {
    const one = [
      ...windows,
      boundary(12, flag(type, 0), flag(type, 1)),
      boundary(13, flag(type, 0)),
    ];
    expect(read([...one, ...ends])?.[name]).toBe(true);
    const other = [...windows, boundary(12, flag(type, 0)), boundary(13, flag(type, 1)), ...ends];
    expect(read(other)?.[name]).toBe(true);
    for (const odd of [flag(type, 2), sipa(type), wide(type, 1)]) {
      expect(read(saying(flag(type, 0), odd))?.[name]).toBeUndefined();
    }
  });

  it("is stronger only by all loaders that speak of it", () => {
    const { vsmRequired, mandatoryEnforcement, iommuRequired } = sipaType;
    expect(read(saying(flag(vsmRequired, 1), flag(mandatoryEnforcement, 1)))?.hasVbs).toBe(true);
    expect(read(saying(flag(vsmRequired, 1), flag(mandatoryEnforcement, 0)))?.hasVbs).toBe(false);
    expect(read(saying(flag(iommuRequired, 1)))?.needsIommu).toBe(true);
    expect(read(saying(flag(iommuRequired, 1), flag(iommuRequired, 0)))?.needsIommu).toBe(false);
    expect(read(saying(flag(iommuRequired, 3)))?.needsIommu).toBeUndefined();
  });

  it("has what a hypervisor does only where loaders start one", () => {
    const off = [wide(sipaType.hypervisorLaunch, 0), wide(sipaType.vsmLaunch, 0)];
    expect(read(saying(...off))).toMatchObject({
      ...{ isHypervisorDebugged: false, hasVbs: false, hvciPolicy: 0 },
    });
    const on = [wide(sipaType.hypervisorLaunch, 1), wide(sipaType.vsmLaunch, 1)];
    expect(read(saying(...off, ...on))).toMatchObject({
      ...{ isHypervisorDebugged: undefined, hasVbs: undefined, hvciPolicy: undefined },
    });
    const policy = (value: number) => read(saying(...on, wide(sipaType.hvciPolicy, value)));
    expect(policy(1)?.hvciPolicy).toBe(1);
    const { hvciPolicy } = sipaType;
    for (const odd of [[wide(hvciPolicy, 1), wide(hvciPolicy, 0)], [flag(hvciPolicy, 1)]]) {
      expect(read(saying(...odd))?.hvciPolicy).toBeUndefined();
    }
    const high = sipa(hvciPolicy, Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0));
    expect(read(saying(high))?.hvciPolicy).toBeUndefined();
  });

  it("has an early launch where one was measured", () => {
    expect(read(saying(sipa(sipaType.elamAggregation, flag(0x00090004, 1))))?.hasElam).toBe(true);
  });

  it("says nothing behind the end of its log, where anybody may speak", () => {
    const late = [12, 13].map((register) => boundary(register, flag(sipaType.vsmRequired, 1)));
    expect(read([...saying(...quiet), ...late])?.hasVbs).toBeUndefined();
    expect(read([...saying(...quiet), ...late, endOfWindows(12)])).toBeUndefined();
  });

  it.each<[string, readonly TestEvent[]]>([
    ["nothing in one of its registers", [...windows, boundary(12, ...quiet), ...ends]],
    ["no end", [...windows, ...[12, 13].map((register) => boundary(register, ...quiet))]],
    [
      "an event that its digest does not cover",
      [
        ...windows,
        { ...boundary(12, ...quiet), digestOf: utf8("x") },
        ...saying(...quiet).slice(windows.length),
      ],
    ],
    [
      "an event of another kind",
      [
        ...windows,
        { ...boundary(12, ...quiet), type: eventType.ipl },
        ...saying(...quiet).slice(windows.length),
      ],
    ],
    [
      "an event that is no container",
      [
        ...windows,
        { register: 12, type: eventType.eventTag, data: flag(sipaType.vsmRequired, 1) },
        ...saying(...quiet).slice(windows.length),
      ],
    ],
    ["Secure Boot off", [...startedBy("windows", 0), ...saying(...quiet).slice(windows.length)]],
    ["an authority of others", [...startedBy("others"), ...saying(...quiet).slice(windows.length)]],
    ["no authority", [...windows.slice(0, -1), ...saying(...quiet).slice(windows.length)]],
    [
      "an authority of others beside",
      [...windows, authorityOf("others"), ...saying(...quiet).slice(windows.length)],
    ],
    [
      "an authority of others that is called something else",
      [
        ...windows,
        { ...authorityOf("others"), type: eventType.efiAction },
        ...saying(...quiet).slice(windows.length),
      ],
    ],
    [
      "an authority whose data is somebody's",
      [
        ...windows,
        { ...authorityOf("windows"), digestOf: utf8("others") },
        ...saying(...quiet).slice(windows.length),
      ],
    ],
    [
      "a shim's list",
      [...windows, authorityOf("windows", "MokList"), ...saying(...quiet).slice(windows.length)],
    ],
  ])("is not proved with %s", (_, events) => {
    expect(read(saying(...quiet))).toBeDefined();
    expect(read(events)).toBeUndefined();
  });

  it.each([7, 12, 13])("is not proved without a quote of PCR %i", (missing) => {
    const quoted = Array.from({ length: 16 }, (_, index) => index);
    expect(
      read(
        saying(...quiet),
        quoted.filter((index) => index !== missing),
      ),
    ).toBeUndefined();
  });

  it("is not looked for in a td's log", () => {
    const log = provenLog(saying(...quiet));
    expect(readWindowsBoot({ ...log, kind: "td" }, testKeys)).toBeUndefined();
    // Secure Boot's register is another one there.
    const events = log.events.map((event) =>
      event.register === 7 ? { ...event, register: 1 } : event,
    );
    expect(readWindowsBoot({ ...log, kind: "td", events }, testKeys)).toBeUndefined();
  });
});
