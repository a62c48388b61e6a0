// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import {
  type IntelEvidenceChanges,
  type IntelStatement,
  intelBodyOffset,
  mintIntelEvidence,
} from "@strongroom/testing";
import { type Expected, verifyEvidence } from "../__fixtures__/intel.ts";

const verifyMinted = (change: IntelEvidenceChanges & Expected) =>
  verifyEvidence(mintIntelEvidence(change), change);

/** A refusal of a platform that Intel does not judge; the second argument is what it says. */
const unsupported = (reason: string) => ({ class: "tcb-out-of-date", reason });

const raisePlatform = (info: IntelStatement) => {
  for (const level of info.tcbLevels) {
    level.tcb.pcesvn = 14;
  }
};
const raiseModule = (info: IntelStatement) => {
  info.tdxModuleIdentities[0].tcbLevels[0].tcb.isvsvn = 5;
};
const raiseLoader = (info: IntelStatement) => {
  for (const level of info.tcbLevels) {
    level.tcb.tdxtcbcomponents[2].svn = 3;
  }
};
const raiseQe = (identity: IntelStatement) => {
  identity.tcbLevels[0].tcb.isvsvn = 5;
};

describe("a platform below every level", () => {
  it.each(["sgx3", "sgx5", "td10-4", "td15-5"] as const)("is not supported: %s", (kind) => {
    expect(verifyMinted({ kind, endorsements: { tcbInfo: raisePlatform } })).toMatchObject(
      unsupported("the platform reaches no tcb level"),
    );
  });

  it("is not supported either where only the TDX module's loader is", () => {
    expect(verifyMinted({ endorsements: { tcbInfo: raiseLoader } })).toMatchObject(
      unsupported("the platform reaches no tcb level with this tdx module"),
    );
  });

  it.each(["sgx3", "td15-5"] as const)("nor is its quoting enclave: %s", (kind) => {
    expect(verifyMinted({ kind, endorsements: { identity: raiseQe } })).toMatchObject(
      unsupported("the tcb is not supported"),
    );
  });
});

describe("a TDX module", () => {
  it("below every level of its identity is not supported", () => {
    expect(verifyMinted({ endorsements: { tcbInfo: raiseModule } })).toMatchObject(
      unsupported("the tdx module is below every level"),
    );
  });

  it("of version 1.0 has no levels of its own", () => {
    const signed = (bytes: Buffer) => {
      bytes.set([4, 0, 2], intelBodyOffset("td10-4"));
    };
    const change = { kind: "td10-4", quote: { signed } } as const;
    expect(verifyMinted({ ...change, endorsements: { tcbInfo: raiseModule } })).toMatchObject({
      claims: { tcb: { status: "UpToDate" } },
    });
  });

  it("that is out of date makes its platform so", () => {
    const tcbInfo = (info: IntelStatement) => {
      info.tdxModuleIdentities[0].tcbLevels[0].tcbStatus = "OutOfDate";
    };
    expect(verifyMinted({ kind: "td10-4", endorsements: { tcbInfo } })).toMatchObject(
      unsupported("the tcb is OutOfDate"),
    );
  });
});

describe("advisories", () => {
  it("of an enclave's platform and of its quoting enclave are said together", () => {
    const advise = (id: string) => (statement: IntelStatement) => {
      statement.tcbLevels[0].advisoryIDs = [id];
    };
    const endorsements = { tcbInfo: advise("INTEL-SA-2"), identity: advise("INTEL-SA-1") };
    expect(verifyMinted({ kind: "sgx3", endorsements })).toMatchObject({
      claims: { tcb: { advisories: ["INTEL-SA-1", "INTEL-SA-2"] } },
    });
  });
});
