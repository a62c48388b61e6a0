// SPDX-License-Identifier: Apache-2.0
/** Rules of the attestation authority, put by the operator: in force at once, kept, and by nobody else. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { type Attesting, openAttesting } from "./fixtures/attesting.ts";
import { post } from "./fixtures/machine.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { amd, nitroBody, quoteBody, snpBody, wrapRuntime } from "./fixtures/tee.ts";

describe("the rules of the attestation authority", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });

  it("changes its rules with the resource: kinds, floors, lists, references", async () => {
    await attesting.setRules({ kinds: ["TdxVm"] });
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { class: "policy-denied" });
    await attesting.setRules({ snp: { floors: { Genoa: { microcode: 255 } } } });
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { class: "tcb-out-of-date" });
    await attesting.setRules({ snp: { deniedProducts: ["Genoa"] } });
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { class: "policy-denied" });
    await attesting.setRules({ snp: { deniedChips: [Buffer.from(amd.chip.id).toString("hex")] } });
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { class: "policy-denied" });
    await attesting.setRules({ snp: { allowedChips: ["00".repeat(64)] } });
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { class: "policy-denied" });
    await attesting.setRules({ snp: { revocation: "Required" } });
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { code: "EndorsementsUnavailable" });
    await attesting.setRules({ tdx: { deniedFamilies: ["00906ed50000"] } });
    await attesting.refused("TdxVm", (r) => quoteBody(r, "td15-5"), { class: "policy-denied" });
    await attesting.setRules({ enrolment: "Listed", listedDevices: [] });
    await attesting.refused("Nitro", (r) => nitroBody(r), { code: "EnrolmentRefused" }, "three");
    await attesting.setRules({ snp: { debug: "Allow" } });
    const debug = await attesting.claimsOf("SevSnpVm", (r) => snpBody(r, { policy: 0xb0000n }));
    expect(debug["x-ms-sevsnpvm-is-debuggable"]).toBe(true);
    await attesting.setRules();
  });

  it("names the reference sets that evidence meets, and gives compliance to those that are marked", async () => {
    const measurement = { claim: "x-ms-sevsnpvm-launchmeasurement", values: ["00".repeat(48)] };
    const set = { kind: "SevSnpVm", claims: [measurement] };
    await attesting.setRules({
      references: [
        { ...set, name: "plain" },
        { ...set, name: "marked", complianceStatus: "azure-compliant-cvm" },
        { ...set, name: "other", claims: [{ ...measurement, values: ["11".repeat(48)] }] },
        { ...set, name: "foreign", kind: "TdxVm" },
      ],
    });
    expect(await attesting.claimsOf("SevSnpVm", (r) => snpBody(r))).toMatchObject({
      "x-strongroom-references": ["plain", "marked"],
      "x-ms-compliance-status": "azure-compliant-cvm",
    });
    const inner = { ...measurement, claim: `x-ms-isolation-tee.${measurement.claim}` };
    await attesting.setRules({
      unreferenced: "Refuse",
      references: [
        {
          ...{ name: "azure", kind: "AzureGuest", claims: [inner] },
          complianceStatus: "azure-compliant-cvm",
        },
      ],
    });
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { class: "policy-denied" });
    await attesting.setRules();
  });

  it("takes evidence without a nonce where the rules allow it: not fresh, and of no node", async () => {
    const runtime = wrapRuntime({ keys: [], "x-strongroom-class": "hardware" });
    const token = await attesting.installation.oidc.token("somebody");
    const send = () => post(attesting.installation, token, "/attest/SevSnpVm", snpBody(runtime));
    await expectRefused(attesting.installation.folders.storeFile, send, {
      ...{ code: "NonceInvalid", operation: "NodeAttest" },
    });
    await attesting.setRules({ unchallenged: "Allow" });
    const { status, body } = await send();
    expect(status).toBe(200);
    const claims = decodeJwt(body.token) as Record<string, unknown>;
    expect(claims).toMatchObject({
      "x-strongroom-fresh": false,
      "x-ms-runtime": runtime.value,
      "x-ms-attestation-type": "sevsnpvm",
    });
    for (const absent of ["cnf", "x-strongroom-node-uid", "x-strongroom-node-name"]) {
      expect(claims).not.toHaveProperty(absent);
    }
    await attesting.setRules();
  });

  it("keeps its rules and refuses an operator of old", async () => {
    const epoch = 5;
    await attesting.setRules({ kinds: ["TdxVm"] }, epoch);
    await expect(attesting.setRules({}, 4)).rejects.toMatchObject({ code: "StaleEpoch" });
    await attesting.installation.vault.stop("SIGKILL");
    await attesting.installation.vault.start();
    await attesting.refused("SevSnpVm", (r) => snpBody(r), { class: "policy-denied" });
    await attesting.installation.manage((client) => client.deleteAuthority({ epoch }));
    await attesting.refused("TdxVm", (r) => quoteBody(r, "td15-5"), { class: "policy-denied" });
    await attesting.setRules({}, epoch);
  });
});
