// SPDX-License-Identifier: Apache-2.0
/** What platform, TDX module and quoting enclave come to together. Intel DCAP quote verification library, 4.1.2.4.17. */

import { adviseRelaunch } from "./advise-relaunch.ts";
import { convergeStatus } from "./converge-status.ts";
import type { EnclaveIdentity } from "./enclave-identity.ts";
import { matchModule, matchSgxLevel, matchTdxLevel } from "./match-tcb.ts";
import type { Quote } from "./parse-quote.ts";
import type { PckTcb } from "./pck-certificate.ts";
import type { TcbInfo, TcbLevel } from "./tcb-info.ts";
import type { LevelStatus, TcbStanding, TcbStatus } from "./tcb-standing.ts";
import type { TdReport } from "./td-report.ts";

/** How good the trusted computing base is. */
export interface TcbEvaluation {
  readonly status: TcbStatus;
  /** The platform's level; missing where it reaches none. */
  readonly date?: string;
  /** Advisories of the levels that were reached, sorted, each once. */
  readonly advisories: readonly string[];
  /** Why it is not supported, for people. */
  readonly detail?: string;
}

/** What is judged, and by what. */
export interface TcbQuestion {
  readonly quote: Quote;
  readonly tcb: PckTcb;
  readonly info: TcbInfo;
  readonly identity: EnclaveIdentity;
}

/** Evaluates the TCB of a quote. */
export function evaluateTcb(question: TcbQuestion): TcbEvaluation {
  const { quote, tcb, info } = question;
  const qe = matchQe(question);
  const sgx = matchSgxLevel(tcb, info.levels);
  if (sgx === undefined) {
    return unsupported("the platform reaches no tcb level");
  }
  if (quote.body.kind === "sgx") {
    return combine(convergeStatus(sgx.status, qe?.status ?? "NotSupported"), sgx, [qe]);
  }
  return evaluateTdx(question, quote.body.report, { sgx, qe });
}

function evaluateTdx(
  { tcb, info }: TcbQuestion,
  report: TdReport,
  { sgx, qe }: { readonly sgx: TcbLevel; readonly qe: TcbStanding | undefined },
): TcbEvaluation {
  const tdx = matchTdxLevel(tcb, report.teeTcbSvn, info.levels);
  if (tdx === undefined) {
    return unsupported("the platform reaches no tcb level with this tdx module");
  }
  const match = matchModule(report, info);
  if (match.kind === "mismatch") {
    return unsupported("the tdx module is not one of the tcb info's");
  }
  if (match.kind === "level" && match.level === undefined) {
    return unsupported("the tdx module is below every level");
  }
  const level = match.kind === "level" ? match.level : undefined;
  const module: LevelStatus = level?.status ?? "UpToDate";
  const qeStatus = qe?.status ?? "NotSupported";
  const launched = convergeStatus(tdx.status, module);
  const teeTcbSvn2 = report.since15?.teeTcbSvn2;
  const advised =
    teeTcbSvn2 === undefined
      ? launched
      : adviseRelaunch({ sgx: sgx.status, tdx: launched, module, qe: qeStatus, teeTcbSvn2 }, info);
  return combine(convergeStatus(advised, qeStatus), tdx, [level, qe]);
}

function matchQe({ quote, identity }: TcbQuestion): TcbStanding | undefined {
  const { isvSvn } = quote.signature.qeReport;
  return identity.levels.find((level) => isvSvn >= level.isvSvn);
}

function combine(
  status: TcbStatus,
  platform: TcbStanding,
  parts: readonly (TcbStanding | undefined)[],
): TcbEvaluation {
  const advisories = [platform, ...parts].flatMap((standing) => standing?.advisories ?? []);
  return { status, date: platform.date, advisories: [...new Set(advisories)].sort() };
}

function unsupported(detail: string): TcbEvaluation {
  return { status: "NotSupported", advisories: [], detail };
}
