// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { type IntelEvidenceChanges, intelBodyOffset, mintIntelEvidence } from "@strongroom/testing";
import { type Expected, verifyEvidence } from "../__fixtures__/intel.ts";
import { convergeStatus } from "./converge-status.ts";
import type { TcbStatus } from "./tcb-standing.ts";

type IntelCase = IntelEvidenceChanges & Expected;

const verifyMinted = (change: IntelCase = {}) => verifyEvidence(mintIntelEvidence(change), change);

const everyStatus: readonly TcbStatus[] = [
  ...(["UpToDate", "SWHardeningNeeded", "ConfigurationNeeded"] as const),
  ...(["ConfigurationAndSWHardeningNeeded", "OutOfDate"] as const),
  ...(["OutOfDateConfigurationNeeded", "TDRelaunchAdvised"] as const),
  ...(["TDRelaunchAdvisedConfigurationNeeded", "Revoked", "NotSupported"] as const),
];

function statusOf(change: IntelCase) {
  const verdict = verifyMinted({ ...change, expected: { acceptedTcb: everyStatus } });
  return verdict.kind === "verified" ? verdict.claims.tcb.status : verdict.class;
}

interface Info {
  readonly tcbLevels: { tcbStatus: string; advisoryIDs?: string[] }[];
  readonly tdxModuleIdentities: { tcbLevels: object[] }[];
}

const platform = (status: string) => (info: Info) => {
  for (const level of info.tcbLevels) {
    level.tcbStatus = status;
  }
};

/** A module of which version 6 is the newest and 4, which launched the TD, is out of date. */
const newerModule = (info: Info) =>
  info.tdxModuleIdentities[0]?.tcbLevels.unshift({
    tcb: { isvsvn: 6 },
    ...{ tcbDate: "2026-02-01T00:00:00Z", tcbStatus: "UpToDate" },
  });

const oldModule = (info: Info) => {
  newerModule(info);
  Object.assign(info.tdxModuleIdentities[0]?.tcbLevels[1] ?? {}, { tcbStatus: "OutOfDate" });
};

const now = (svn: number, loader = 2) => ({
  signed: (bytes: Buffer) => bytes.set([svn, 1, loader], intelBodyOffset("td15-5") + 584),
});

describe("the status of a platform with its parts", () => {
  it.each<[TcbStatus, "UpToDate" | "OutOfDate" | "Revoked" | "NotSupported", TcbStatus]>([
    ["UpToDate", "UpToDate", "UpToDate"],
    ["UpToDate", "OutOfDate", "OutOfDate"],
    ["SWHardeningNeeded", "OutOfDate", "OutOfDate"],
    ["ConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"],
    ["ConfigurationAndSWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"],
    ["OutOfDateConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"],
    ["OutOfDate", "OutOfDate", "OutOfDate"],
    ["Revoked", "OutOfDate", "Revoked"],
    ["UpToDate", "Revoked", "Revoked"],
    ["UpToDate", "NotSupported", "NotSupported"],
    ["SWHardeningNeeded", "UpToDate", "SWHardeningNeeded"],
  ])("%s with a part that is %s is %s", (whole, part, together) => {
    expect(convergeStatus(whole, part)).toBe(together);
  });

  it.each(["SWHardeningNeeded", "ConfigurationNeeded", "OutOfDate"])("is the level's: %s", (s) => {
    expect(statusOf({ endorsements: { tcbInfo: platform(s) } })).toBe(s);
  });

  it("is refused where it was revoked, whatever is accepted", () => {
    expect(statusOf({ endorsements: { tcbInfo: platform("Revoked") } })).toBe("revoked");
    const identity = platform("Revoked");
    expect(statusOf({ endorsements: { identity } })).toBe("revoked");
  });

  it("refuses a status that is not specified", () => {
    expect(() => statusOf({ endorsements: { tcbInfo: platform("Fine") } })).toThrow(/status/);
  });

  it("gathers the advisories of platform, module and quoting enclave", () => {
    const advise = (id: string) => (info: Info) => {
      Object.assign(info.tcbLevels[0] ?? {}, { advisoryIDs: [id, "INTEL-SA-1"] });
    };
    const endorsements = { tcbInfo: advise("INTEL-SA-3"), identity: advise("INTEL-SA-2") };
    expect(verifyMinted({ endorsements })).toMatchObject({
      claims: { tcb: { advisories: ["INTEL-SA-1", "INTEL-SA-2", "INTEL-SA-3"] } },
    });
  });
});

describe("a TD that was launched under an old module", () => {
  const endorsements = { tcbInfo: oldModule };

  it("is out of date while the module is, and should be relaunched when it no longer is", () => {
    expect(statusOf({ endorsements, quote: now(4) })).toBe("OutOfDate");
    expect(statusOf({ endorsements, quote: now(6) })).toBe("TDRelaunchAdvised");
    expect(statusOf({ endorsements, quote: now(6, 1) })).toBe("OutOfDate");
    expect(statusOf({ endorsements, kind: "td10-5" })).toBe("OutOfDate");
  });

  it("keeps that the platform must be configured", () => {
    const tcbInfo = (info: Info) => {
      oldModule(info);
      platform("ConfigurationNeeded")(info);
    };
    expect(statusOf({ endorsements: { tcbInfo }, quote: now(6) })).toBe(
      "TDRelaunchAdvisedConfigurationNeeded",
    );
  });

  it("is not advised where the platform itself, or the quoting enclave, is out of date", () => {
    const tcbInfo = (info: Info) => {
      oldModule(info);
      platform("OutOfDate")(info);
    };
    expect(statusOf({ endorsements: { tcbInfo }, quote: now(6) })).toBe("OutOfDate");
    const identity = platform("OutOfDate");
    const both = { tcbInfo: oldModule, identity };
    expect(statusOf({ endorsements: both, quote: now(6) })).toBe("OutOfDate");
  });

  it("is refused unless it is expected", () => {
    expect(verifyMinted({ endorsements, quote: now(6) })).toMatchObject({
      class: "tcb-out-of-date",
    });
  });
});
