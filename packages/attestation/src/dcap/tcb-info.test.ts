// SPDX-License-Identifier: Apache-2.0
/** TCB info of earlier forms: version 2, as SGX had it, and modules of TDX 1.0. Intel PCS API, versions 3 and 4. */

import { describe, expect, it } from "@jest/globals";
import { intelBodyOffset, intelPlatform, mintIntelEvidence } from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
import { malformedWith } from "../__fixtures__/malformed-with.ts";

interface Info {
  tcbLevels: { tcb: Record<string, unknown>; tcbStatus: string }[];
  tdxModule: Record<string, string>;
  [name: string]: unknown;
}

/** The statement as version 2 spells it: without a TEE, its components by number. */
function toSecond(info: Info): void {
  info["version"] = 2;
  delete info["id"];
  for (const level of info.tcbLevels) {
    const svns = level.tcb["sgxtcbcomponents"] as readonly { readonly svn: number }[];
    const named = svns.map(({ svn }, index) => [
      `sgxtcbcomp${String(index + 1).padStart(2, "0")}svn`,
      svn,
    ]);
    level.tcb = { ...Object.fromEntries(named), pcesvn: intelPlatform.pceSvn };
  }
}

describe("TCB info of version 2", () => {
  const verify = (change: (info: Info) => void = toSecond) =>
    verifyEvidence(mintIntelEvidence({ kind: "sgx3", endorsements: { tcbInfo: change } }));

  it("is one of SGX", () => {
    expect(verify()).toMatchObject({ kind: "verified", claims: { tcb: { status: "UpToDate" } } });
    const tdx = mintIntelEvidence({ endorsements: { tcbInfo: toSecond } });
    expect(verifyEvidence(tdx)).toMatchObject({ class: "endorsements-unavailable" });
  });

  it("has each component in a place of its own", () => {
    const raised = (number: string) => (info: Info) => {
      toSecond(info);
      const [newest] = info.tcbLevels;
      Object.assign(newest?.tcb ?? {}, { [`sgxtcbcomp${number}svn`]: 6 });
    };
    for (const number of ["01", "08", "10", "16"]) {
      expect(verify(raised(number))).toMatchObject({ class: "tcb-out-of-date" });
    }
  });

  it("is malformed without one of them, or with the components of version 3", () => {
    const without = (info: Info) => {
      toSecond(info);
      delete info.tcbLevels[1]?.tcb["sgxtcbcomp16svn"];
    };
    expect(() => verify(without)).toThrow(malformedWith("sgxtcbcomp16svn"));
    const third = (info: Info) => Object.assign(info, { version: 2 });
    expect(() => verify(third)).toThrow(malformedWith("sgxtcbcomp01svn"));
  });
});

describe("a TDX module of version 1.0", () => {
  const offset = intelBodyOffset("td10-4");
  const verify = (change: (info: Info) => void = () => {}, signer = 0) =>
    verifyEvidence(
      mintIntelEvidence({
        kind: "td10-4",
        quote: {
          signed: (bytes) =>
            bytes.fill(0, offset + 1, offset + 2).fill(signer, offset + 64, offset + 112),
        },
        endorsements: { tcbInfo: change },
      }),
    );

  it("is the one that the TCB info names", () => {
    expect(verify()).toMatchObject({ kind: "verified", claims: { tcb: { status: "UpToDate" } } });
    const named = (info: Info) => Object.assign(info.tdxModule, { mrsigner: "07".repeat(48) });
    expect(verify(named, 7)).toMatchObject({ kind: "verified" });
    expect(verify(named)).toMatchObject({ class: "tcb-out-of-date" });
    expect(verify(undefined, 7)).toMatchObject({ class: "tcb-out-of-date" });
  });

  it("is judged by the platform's levels, and by those of no other version", () => {
    const others = (info: Info) => Object.assign(info, { tdxModuleIdentities: [] });
    expect(verify(others)).toMatchObject({ kind: "verified" });
    const raised = (info: Info) => {
      const svns = info.tcbLevels.map(({ tcb }) => tcb["tdxtcbcomponents"] as { svn: number }[]);
      for (const [first] of svns) {
        Object.assign(first ?? {}, { svn: 99 });
      }
    };
    expect(verify(raised)).toMatchObject({ class: "tcb-out-of-date" });
  });

  it("is in no TCB info that does not name it", () => {
    const unnamed = (info: Info) => {
      Reflect.deleteProperty(info, "tdxModule");
    };
    expect(() => verify(unnamed)).toThrow(malformedWith("tdxModule"));
  });
});
