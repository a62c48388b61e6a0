// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { adviseRelaunch, type LaunchState } from "./advise-relaunch.ts";
import { convergeStatus, needsConfiguration } from "./converge-status.ts";
import { matchModule, matchSgxLevel, matchTdxLevel } from "./match-tcb.ts";
import type { TcbInfo, TcbLevel } from "./tcb-info.ts";
import type { LevelStatus, TcbStatus } from "./tcb-standing.ts";
import type { TdReport } from "./td-report.ts";

const zeros = (length: number) => new Uint8Array(length);
const module = { mrSigner: zeros(48), attributes: zeros(8), attributesMask: zeros(8).fill(0xff) };

/** What of a TCB info is compared here: a module of 1.0 at [3], one of 1.x with its own levels. */
const info = {
  module,
  levels: [{ tdx: [3, 0, 4] }, { tdx: [1, 0, 1] }],
  moduleIdentities: [
    { ...module, id: "TDX_01", levels: [{ isvSvn: 5 }, { isvSvn: 2 }] },
    { ...module, id: "TDX_0A", levels: [] },
  ],
} as unknown as TcbInfo;
const bare = { ...info, levels: [{}] } as unknown as TcbInfo;
const svn = (...numbers: readonly number[]) => Uint8Array.from([...numbers, ...zeros(13)]);

describe("the status of a platform with a part of it", () => {
  it.each<[TcbStatus, LevelStatus | "NotSupported", TcbStatus]>([
    ["UpToDate", "UpToDate", "UpToDate"],
    ["SWHardeningNeeded", "UpToDate", "SWHardeningNeeded"],
    ["UpToDate", "Revoked", "Revoked"],
    ["NotSupported", "Revoked", "Revoked"],
    ["UpToDate", "NotSupported", "NotSupported"],
    ["Revoked", "OutOfDate", "Revoked"],
    ["NotSupported", "OutOfDate", "NotSupported"],
    ["UpToDate", "OutOfDate", "OutOfDate"],
    ["SWHardeningNeeded", "OutOfDate", "OutOfDate"],
    ["OutOfDate", "OutOfDate", "OutOfDate"],
    ["ConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"],
    ["ConfigurationAndSWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"],
    ["OutOfDateConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"],
    ["TDRelaunchAdvisedConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"],
    ["TDRelaunchAdvised", "OutOfDate", "OutOfDate"],
    ["UpToDate", "ConfigurationNeeded", "OutOfDate"],
  ])("%s and %s come to %s", (whole, part, status) => {
    expect(convergeStatus(whole, part)).toBe(status);
  });

  it("says whether something has to be configured", () => {
    const others = [
      "UpToDate",
      "SWHardeningNeeded",
      "OutOfDate",
      "Revoked",
      "NotSupported",
    ] as const;
    expect([...others, "TDRelaunchAdvised" as const].some(needsConfiguration)).toBe(false);
  });
});

describe("a relaunch", () => {
  const old: LaunchState = {
    ...{ sgx: "UpToDate", tdx: "OutOfDate", module: "OutOfDate", qe: "UpToDate" },
    teeTcbSvn2: svn(5, 1, 4),
  };

  it.each<[string, Partial<LaunchState>, TcbStatus]>([
    ["of an old module alone", {}, "TDRelaunchAdvised"],
    ["of a hardened platform", { sgx: "SWHardeningNeeded" }, "TDRelaunchAdvised"],
    ["to a newer module than the newest", { teeTcbSvn2: svn(6, 1, 5) }, "TDRelaunchAdvised"],
    ["to a module of 1.0", { teeTcbSvn2: svn(3, 0, 4) }, "TDRelaunchAdvised"],
    [
      "of a platform that is to be configured",
      { sgx: "ConfigurationNeeded" },
      "TDRelaunchAdvisedConfigurationNeeded",
    ],
    [
      "of one that is to be hardened and configured",
      { sgx: "ConfigurationAndSWHardeningNeeded" },
      "TDRelaunchAdvisedConfigurationNeeded",
    ],
    [
      "of a TD that is to be configured",
      { tdx: "OutOfDateConfigurationNeeded" },
      "TDRelaunchAdvisedConfigurationNeeded",
    ],
  ])("is advised %s", (_, state, status) => {
    expect(adviseRelaunch({ ...old, ...state }, info)).toBe(status);
  });

  it.each<[string, Partial<LaunchState>, TcbInfo?]>([
    ["a running module that nobody knows", { teeTcbSvn2: svn(9, 2, 9) }],
    ["a running module without levels", { teeTcbSvn2: svn(9, 10, 9) }],
    ["levels that say nothing of TDX", {}, bare],
    ["levels that say nothing of a module of 1.0", { teeTcbSvn2: svn(9, 0, 9) }, bare],
    ["no levels", {}, { ...info, levels: [] }],
  ])("is not supported with %s", (_, state, levels = info) => {
    expect(adviseRelaunch({ ...old, ...state }, levels)).toBe("NotSupported");
    const current = { ...old, ...state, tdx: "UpToDate" } as const;
    expect(adviseRelaunch(current, levels)).toBe("UpToDate");
  });

  it.each<[string, Partial<LaunchState>]>([
    ["a TD that is up to date", { tdx: "UpToDate" }],
    ["a TD that is revoked", { tdx: "Revoked" }],
    ["an old platform", { sgx: "OutOfDate" }],
    ["a revoked platform", { sgx: "Revoked" }],
    ["an old quoting enclave", { qe: "OutOfDate" }],
    ["an unknown quoting enclave", { qe: "NotSupported" }],
    ["a module that is not old", { module: "UpToDate" }],
    ["a revoked module", { module: "Revoked" }],
    ["a running module that is old", { teeTcbSvn2: svn(4, 1, 4) }],
    ["a running loader that is old", { teeTcbSvn2: svn(5, 1, 3) }],
    ["a running module of 1.0 that is old", { teeTcbSvn2: svn(2, 0, 4) }],
  ])("is not advised with %s", (_, state) => {
    const whole = { ...old, ...state };
    expect(adviseRelaunch(whole, info)).toBe(whole.tdx);
  });
});

describe("a level", () => {
  const level = (sgx: number, pceSvn: number, tdx?: readonly number[]) =>
    ({ sgx: Array(16).fill(sgx), pceSvn, ...(tdx && { tdx }) }) as unknown as TcbLevel;
  const levels = [
    level(5, 9, [2, 1, 4]),
    level(5, 8, [0, 0, 4]),
    level(2, 3, [1, 0, 0]),
    level(1, 1),
  ];
  const tcb = (component: number, pceSvn: number, last = component) => ({
    components: [...Array<number>(15).fill(component), last],
    pceSvn,
  });

  it.each([
    [tcb(5, 9), 0],
    [tcb(6, 10), 0],
    [tcb(5, 8), 1],
    [tcb(5, 9, 4), 2],
    [tcb(4, 99), 2],
    [tcb(1, 1), 3],
    [tcb(1, 0), -1],
    [tcb(0, 99), -1],
  ])("of a processor with %j is the first that it reaches: %i", (own, index) => {
    expect(matchSgxLevel(own, levels)).toBe(levels[index]);
  });

  it.each([
    ["the newest", tcb(5, 9), svn(2, 1, 4), 0],
    ["another major version, whose own levels judge it", tcb(5, 9), svn(0, 1, 4), 0],
    ["an old loader", tcb(5, 9), svn(2, 1, 3), 2],
    ["version 1.0, which lacks what the newest needs", tcb(5, 9), svn(2, 0, 4), 1],
    ["an old version 1.0", tcb(2, 3), svn(0, 0, 9), -1],
    ["an old processor", tcb(2, 3), svn(2, 1, 4), 2],
    ["a processor below all", tcb(1, 1), svn(9, 9, 9), -1],
  ])("of a TDX module that is %s", (_, own, running, index) => {
    expect(matchTdxLevel(own, running, levels)).toBe(levels[index]);
  });

  it.each<[string, Uint8Array, Partial<TdReport>, TcbInfo, object]>([
    ["1.0", svn(9, 0), {}, info, { kind: "platform" }],
    ["1.0 by another", svn(9, 0), { mrSignerSeam: zeros(48).fill(1) }, info, { kind: "mismatch" }],
    [
      "1.0, of other attributes",
      svn(9, 0),
      { seamAttributes: zeros(8).fill(1) },
      info,
      { kind: "mismatch" },
    ],
    [
      "1.0, of an attribute that its mask leaves out",
      svn(9, 0),
      { seamAttributes: zeros(8).fill(0x80, 7) },
      { ...info, module: { ...module, attributesMask: zeros(8) } } as unknown as TcbInfo,
      { kind: "mismatch" },
    ],
    [
      "1.0 that nobody knows",
      svn(9, 0),
      {},
      { ...info, module: undefined } as unknown as TcbInfo,
      { kind: "mismatch" },
    ],
    ["the newest", svn(5, 1), {}, info, { kind: "level", level: { isvSvn: 5 } }],
    ["an older one", svn(4, 1), {}, info, { kind: "level", level: { isvSvn: 2 } }],
    ["the oldest", svn(2, 1), {}, info, { kind: "level", level: { isvSvn: 2 } }],
    ["one below all", svn(1, 1), {}, info, { kind: "level" }],
    ["one without levels", svn(1, 10), {}, info, { kind: "level" }],
    ["one that nobody knows", svn(5, 2), {}, info, { kind: "mismatch" }],
    ["one by another", svn(5, 1), { mrSignerSeam: zeros(48).fill(1) }, info, { kind: "mismatch" }],
  ])("of a module that is %s", (_, teeTcbSvn, report, known, match) => {
    const usual = { mrSignerSeam: zeros(48), seamAttributes: zeros(8) };
    expect(matchModule({ ...usual, ...report, teeTcbSvn } as TdReport, known)).toEqual(match);
  });
});
