// SPDX-License-Identifier: Apache-2.0
/** Realms of Arm CCA: from the kernel's files to a released secret, and which platforms and realms are refused. */

import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { CcaTokenRequest, VendorServices } from "@strongroom/testing";
import { decodeJwt } from "jose";
import { makeFakeConfigfs } from "../../csi-driver/src/tsm/__fixtures__/fake-configfs.ts";
import { type Attesting, openAttesting } from "./fixtures/attesting.ts";
import { openCollectedRelease } from "./fixtures/collected-release.ts";
import { makeCollectingNode, startVendors } from "./fixtures/collecting.ts";
import { cca, ccaBody } from "./fixtures/tee.ts";
import { busyOnce } from "./fixtures/tee-devices.ts";

/** What the tests' platform has: one component of firmware, by these digests. */
const component = { signer: "04".repeat(32), measurement: "03".repeat(32) };
const measurement = "x-strongroom-cca-initial-measurement";

describe("a realm", () => {
  let attesting: Attesting;
  let services: VendorServices;
  beforeAll(async () => {
    attesting = await openAttesting();
    services = await startVendors();
  });
  afterAll(async () => {
    await services[Symbol.asyncDispose]();
    await attesting[Symbol.asyncDispose]();
  });

  it("has a secret released that its policy gives to what was started, by configfs-tsm", async () => {
    const release = await openCollectedRelease(attesting.installation);
    await using files = await makeFakeConfigfs({
      provider: "arm_cca_guest",
      answer: (reportData) => cca.token({ form: "wrapped", realm: { 10: reportData } }),
      fault: busyOnce(),
    });
    const environment = { STRONGROOM_EVIDENCE: "auto", STRONGROOM_TSM_PATH: files.root };
    const devices = { environment, tsmFiles: files };
    await using node = await makeCollectingNode(attesting, services, "one", devices);
    const session = await node.attest();
    expect(decodeJwt(session.token)).toMatchObject({
      ...{ "x-ms-attestation-type": "cca", "x-strongroom-tier": "tee" },
      "x-strongroom-cca-lifecycle": "secured",
      "x-strongroom-root": expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const started = (value: string) => [{ claim: measurement, equals: value.repeat(48) }];
    expect(await release.byPolicy("one", session, started("07"))).toBe("granted");
    expect(await release.byPolicy("one", session, started("08"))).toBe("denied PolicyDenied");
  });

  it.each<[string, CcaTokenRequest, string]>([
    ["for other data", { realm: { 10: new Uint8Array(64) } }, "binding-mismatch"],
    ["on a platform that may be debugged", { platform: { 2395: 0x4000 } }, "policy-denied"],
    [
      "of a platform's key that is another",
      { platformSigner: generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey },
      "bad-signature",
    ],
    [
      "of a realm's key that the platform does not vouch for",
      { platform: { 10: new Uint8Array(32) } },
      "binding-mismatch",
    ],
  ])("is refused %s", async (_, change, refusal) => {
    await attesting.refused("Cca", (runtime) => ccaBody(runtime, change), { class: refusal });
  });

  it("is refused of a platform that nobody configured: its key may come yet", async () => {
    const foreign = { platform: { 2396: new Uint8Array(32).fill(9) } };
    await attesting.refused("Cca", (runtime) => ccaBody(runtime, foreign), {
      code: "EndorsementsUnavailable",
    });
  });

  it("is taken on firmware that is accepted, and refused where a component is another", async () => {
    await attesting.setRules({ cca: { software: [component] } });
    await attesting.claimsOf("Cca", (runtime) => ccaBody(runtime));
    await attesting.setRules({ cca: { software: [{ ...component, signer: "05".repeat(32) }] } });
    await attesting.refused("Cca", (runtime) => ccaBody(runtime), { class: "policy-denied" });
    await attesting.setRules();
  });

  it("is held to reference values of what was started in it", async () => {
    const set = { name: "payments", kind: "Cca" };
    const values = (value: string) => [{ claim: measurement, values: [value.repeat(48)] }];
    const rules = { unreferenced: "Refuse", references: [{ ...set, claims: values("07") }] };
    await attesting.setRules(rules);
    const claims = await attesting.claimsOf("Cca", (runtime) => ccaBody(runtime));
    expect(claims["x-strongroom-references"]).toEqual(["payments"]);
    await attesting.setRules({ ...rules, references: [{ ...set, claims: values("08") }] });
    await attesting.refused("Cca", (runtime) => ccaBody(runtime), { class: "policy-denied" });
    await attesting.setRules();
  });

  it("is debuggable only where rules and policy both say so", async () => {
    await attesting.setRules({ cca: { debug: "Allow" } });
    const debug = { platform: { 2395: 0x4000 } };
    const claims = await attesting.claimsOf("Cca", (runtime) => ccaBody(runtime, debug));
    expect(claims["x-strongroom-cca-is-debuggable"]).toBe(true);
    await attesting.setRules();
  });
});
