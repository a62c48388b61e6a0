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

function answer(endorsements: readonly Uint8Array[], evidence: Uint8Array = report) {
  return verifyNrasEvidence({
    ...{ evidence, endorsements, trustRoots: [root] },
    ...{ binding: undefined, at: new Date("2026-06-01T00:00:00Z"), allowDebug: false },
  });
}
const usual = ["binding-unchecked", "measurements-unappraised"];

describe("an nvidia device's report on the command line", () => {
  it("verifies with its chain and a response of the responder's, in DER or base64", () => {
    const good = vendor.revocation();
    expect(answer([chain, good])).toMatchObject({ verified: true, findings: usual });
    expect(answer([base64(good), ...certificates])).toMatchObject({
      ...{ verified: true, findings: usual },
    });
    expect(answer([good], json)).toMatchObject({ verified: true, findings: usual });
  });

  it("is refused by what the responder says", () => {
    const hold = vendor.revocation({ status: "hold" });
    expect(answer([chain, hold])).toMatchObject({ refusal: "revoked" });
    expect(answer([hold], json)).toMatchObject({ refusal: "revoked" });
  });

  it("says that nobody was asked where no response was brought", () => {
    const unasked = { verified: true, findings: [...usual, "revocation-unchecked"] };
    expect(answer([chain])).toMatchObject(unasked);
    expect(answer([], json)).toMatchObject(unasked);
  });
});
