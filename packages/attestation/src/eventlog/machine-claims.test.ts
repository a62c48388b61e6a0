// SPDX-License-Identifier: Apache-2.0
/** A log in Azure Attestation's names: what is proved has a claim, what is not has none. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { provenLog } from "../__fixtures__/event-log-attempts.ts";
import { grub } from "../__fixtures__/test-boot-texts.ts";
import { efiVariable, type TestEvent } from "../__fixtures__/test-event-log.ts";
import { startedBy, testKeys, variable } from "../__fixtures__/test-secure-boot.ts";
import { boundary, endOfWindows, flag, sipa, wide } from "../__fixtures__/test-sipa.ts";
import { eventType } from "./event-types.ts";
import { toAzureMachineClaims, toTpmMachineClaims } from "./machine-claims.ts";
import { sipaType } from "./sipa-items.ts";

const azure = (events: readonly TestEvent[]) => {
  const claims = toAzureMachineClaims(provenLog(events), testKeys);
  const of = ([name]: readonly [string, unknown]) => name.startsWith("x-ms-azurevm-");
  return Object.fromEntries(
    Object.entries(claims)
      .filter(of)
      .map(([name, value]) => [name.slice("x-ms-azurevm-".length), value]),
  );
};
const tpm = (events: readonly TestEvent[]) =>
  Object.fromEntries(
    Object.entries(toTpmMachineClaims(provenLog(events), testKeys)).filter(
      ([name]) => !name.startsWith("x-strongroom-") && name !== "secureboot",
    ),
  );

const line = "/vmlinuz ro";
const linux = (text: string): readonly TestEvent[] => [
  grub("grub_cmd: ", `linux ${text}`),
  grub("kernel_cmdline: ", text),
];
const shimVariable = (name: string): TestEvent => ({
  ...{ register: 7, type: eventType.efiVariableAuthority },
  data: efiVariable(name, Uint8Array.of(1), new Uint8Array(16).fill(0x5d)),
});
const debugMode: TestEvent = {
  ...{ register: 7, type: eventType.efiAction, data: utf8("UEFI Debug Mode") },
};
const flags = [
  ...[sipaType.bootDebugging, sipaType.testSigning, sipaType.flightSigning],
  ...[sipaType.safeMode, sipaType.winPe, sipaType.kernelDebug],
];
const windows = (...items: readonly Uint8Array[]): readonly TestEvent[] => [
  ...startedBy("windows"),
  ...[12, 13].flatMap((register) => [
    boundary(register, ...flags.map((type) => flag(type, 0)), ...items),
    endOfWindows(register),
  ]),
];

describe("an azure machine's log", () => {
  it("says of linux that nothing of windows' loaders ran, and no debugger was asked for", () => {
    expect(azure([...startedBy("others"), ...linux(line)])).toEqual({
      ...{ "bootdebug-enabled": false, dbvalidated: true, debuggersdisabled: true },
      ...{ "default-securebootkeysvalidated": true, "elam-enabled": false },
      ...{ "flightsigning-enabled": false, "hvci-policy": 0, "hypervisordebug-enabled": false },
      ...{ "is-windows": false, "kerneldebug-enabled": false, ostype: "Linux" },
      ...{ signingdisabled: true, "testsigning-enabled": false },
    });
  });

  it("says so of linux that a debugger may enter, in the kernel or the firmware", () => {
    expect(azure([...startedBy("others"), ...linux(`${line} kgdboc=ttyS0`)])).toMatchObject({
      ...{ "kerneldebug-enabled": true, debuggersdisabled: false },
    });
    expect(azure([debugMode, ...startedBy("others"), ...linux(line)])).toMatchObject({
      ...{ "kerneldebug-enabled": false, debuggersdisabled: false },
    });
  });

  it.each<[string, TestEvent]>([
    ["says that it verifies nothing", shimVariable("MokSBState")],
    [
      "says it where the log hides it",
      { ...shimVariable("MokSBState"), type: eventType.efiAction },
    ],
    ["measured what the log does not tell", { ...shimVariable("MokSBState"), data: utf8("x") }],
  ])("says nothing of linux whose shim %s", (_, event) => {
    const measured = { digestOf: shimVariable("MokSBState").data, ...event };
    const ostype = (one: TestEvent) =>
      azure([...startedBy("others"), one, ...linux(line)])["ostype"];
    expect(ostype(measured)).toBeUndefined();
    expect(ostype(shimVariable("SbatLevel"))).toBe("Linux");
  });

  it("says of windows what its loaders said", () => {
    const off = [wide(sipaType.hypervisorLaunch, 0), wide(sipaType.vsmLaunch, 0)];
    const elam = sipa(sipaType.elamAggregation);
    expect(azure(windows(...off, elam))).toEqual({
      ...{ "bootdebug-enabled": false, dbvalidated: true, debuggersdisabled: true },
      ...{ "default-securebootkeysvalidated": true, "elam-enabled": true },
      ...{ "flightsigning-enabled": false, "hvci-policy": 0, "hypervisordebug-enabled": false },
      ...{ "is-windows": true, "kerneldebug-enabled": false, ostype: "Windows" },
      ...{ osdistro: "Microsoft", signingdisabled: true, "testsigning-enabled": false },
    });
    expect(azure(windows(flag(sipaType.testSigning, 1)))).toMatchObject({
      ...{ "testsigning-enabled": true, signingdisabled: false },
    });
    expect(azure(windows(flag(sipaType.kernelDebug, 1)))).toMatchObject({
      ...{ "kerneldebug-enabled": true, debuggersdisabled: false },
    });
  });

  it("says nothing of what windows did not speak of", () => {
    const claims = azure(windows());
    for (const name of [
      "hypervisordebug-enabled",
      "debuggersdisabled",
      "elam-enabled",
      "hvci-policy",
    ]) {
      expect(claims).not.toHaveProperty([name]);
    }
    const odd = azure(windows(flag(sipaType.testSigning, 7)));
    for (const name of ["testsigning-enabled", "signingdisabled"]) {
      expect(odd).not.toHaveProperty([name]);
    }
  });

  it("says of keys whether they are those that azure's machines begin with", () => {
    const [state, pk, kek, db, separator] = startedBy("others");
    const rest = [state, separator].filter((one) => one !== undefined);
    const withKeys = (...keys: readonly (TestEvent | undefined)[]) =>
      azure([...rest.slice(0, 1), ...keys.filter((one) => one !== undefined), ...rest.slice(1)]);
    const judged = (isDefault: boolean, isKnown: boolean) => ({
      "default-securebootkeysvalidated": isDefault,
      dbvalidated: isKnown,
    });
    expect(withKeys(pk, kek, db)).toEqual(judged(true, true));
    expect(withKeys(variable("PK", "own"), kek, db)).toEqual(judged(false, true));
    expect(withKeys(variable("PK", "platform", "own"), kek, db)).toEqual(judged(false, true));
    expect(withKeys(variable("PK"), kek, db)).toEqual(judged(false, true));
    expect(withKeys(pk, variable("KEK", "exchange", "own"), db)).toEqual(judged(false, true));
    expect(withKeys(pk, kek, variable("db", "windows", "own"))).toEqual(judged(true, false));
    expect(withKeys(pk, kek, variable("db"))).toEqual(judged(true, false));
    expect(withKeys(pk, db)).toEqual({ dbvalidated: true });
    expect(withKeys(kek)).toEqual({});
  });

  it("says nothing of a system that it does not prove", () => {
    expect(azure(startedBy("others"))).toEqual({
      ...{ dbvalidated: true, "default-securebootkeysvalidated": true },
    });
    expect(azure(linux(line))).not.toHaveProperty("debuggersdisabled");
  });
});

describe("a tpm's log", () => {
  it("says of windows and linux how they were started, in azure's words for tpms", () => {
    const vbs = [flag(sipaType.vsmRequired, 1), flag(sipaType.iommuRequired, 1)];
    expect(tpm(windows(...vbs))).toEqual({
      ...{ bootDebuggingDisabled: true, iommuEnabled: true, notSafeMode: true, notWinPE: true },
      ...{ secureBootEnabled: true, vbsEnabled: true },
    });
    expect(tpm(windows(flag(sipaType.safeMode, 1), flag(sipaType.bootDebugging, 1)))).toEqual({
      ...{ bootDebuggingDisabled: false, notSafeMode: false, notWinPE: true },
      ...{ secureBootEnabled: true },
    });
    expect(tpm([...startedBy("others"), ...linux(line)])).toEqual({
      ...{ bootDebuggingDisabled: true, notSafeMode: true, notWinPE: true },
      ...{ secureBootEnabled: true, vbsEnabled: false },
    });
  });

  it("says nothing where nothing is proved", () => {
    expect(tpm([debugMode])).toEqual({});
    expect(tpm([...startedBy("others", 0), ...linux(line)])).toEqual({ secureBootEnabled: false });
  });
});
