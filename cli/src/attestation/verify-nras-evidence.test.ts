// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { createNvidiaVendor, pemOf } from "@strongroom/testing";
import { verifyNrasEvidence } from "./verify-nras-evidence.ts";

const vendor = createNvidiaVendor();
const { report, certificates } = vendor.device();
const chain = utf8(certificates.map((one) => pemOf("CERTIFICATE", one)).join(""));
const root = certificates.at(-1) ?? new Uint8Array();
const base64 = (bytes: Uint8Array) => utf8(Buffer.from(bytes).toString("base64"));
const device = { evidence: base64(report), certificate: base64(chain) };
const json = utf8(
  JSON.stringify([
    Object.fromEntries(
      Object.entries(device).map(([name, value]) => [name, Buffer.from(value).toString()]),
    ),
  ]),
);

function answer(
  endorsements: readonly Uint8Array[],
  evidence: Uint8Array = report,
  allowUncheckedRevocation = false,
) {
  return verifyNrasEvidence({
    ...{ evidence, endorsements, trustRoots: [root], allowUncheckedRevocation },
    ...{ binding: undefined, at: new Date("2026-06-01T00:00:00Z"), allowDebug: false },
  });
}
const usual = ["binding-unchecked", "measurements-unappraised"];
const unavailable = { verified: false, refusal: "endorsements-unavailable" };

describe("an nvidia device's report on the command line", () => {
  it("verifies with its chain and a response of the responder's, in DER or base64", () => {
    const good = vendor.revocation();
    expect(answer([chain, good])).toMatchObject({ verified: true, findings: usual });
    expect(answer([base64(good), ...certificates])).toMatchObject({
      ...{ verified: true, findings: usual },
    });
    expect(answer([good], json)).toMatchObject({ verified: true, findings: usual });
  });

  it("is refused by what the responder says, even where nobody had to be asked", () => {
    const hold = vendor.revocation({ status: "hold" });
    for (const isAllowed of [false, true]) {
      expect(answer([chain, hold], report, isAllowed)).toMatchObject({ refusal: "revoked" });
      expect(answer([hold], json, isAllowed)).toMatchObject({ refusal: "revoked" });
    }
  });

  it("is refused without a response, unless that was allowed", () => {
    expect(answer([chain])).toMatchObject(unavailable);
    expect(answer([], json)).toMatchObject(unavailable);
    expect(answer([chain], report, true)).toMatchObject({
      ...{ verified: true, findings: [...usual, "revocation-unchecked"] },
    });
  });
});
