// SPDX-License-Identifier: Apache-2.0
/** Evidence of every kind before the authority, at its real socket: what each token says, and which node it is bound to. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createAzureMachine } from "@strongroom/testing";
import { type Attesting, openAttesting } from "./fixtures/attesting.ts";
import { traceOf } from "./fixtures/stored.ts";
import { amd, azureBody, nitroBody, quoteBody, snpBody } from "./fixtures/tee.ts";

describe("a token of the attestation authority", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });

  const about = (node: string, device?: string) => ({
    "x-strongroom-fresh": true,
    "x-strongroom-node-name": node,
    "x-strongroom-node-uid": attesting.nodes[node],
    ...(device !== undefined && {
      "x-strongroom-device": device,
      "x-strongroom-enrolment": "FirstUse",
    }),
  });

  it("says of an SNP guest what Azure Attestation says, at the top, and names no device", async () => {
    const claims = await attesting.claimsOf("SevSnpVm", (runtime) => snpBody(runtime));
    expect(claims).toMatchObject({
      ...about("one"),
      "x-ms-attestation-type": "sevsnpvm",
      "x-ms-sevsnpvm-is-debuggable": false,
      "x-ms-sevsnpvm-vmpl": 0,
      "x-strongroom-tier": "tee",
      "x-strongroom-class": "hardware",
      "x-strongroom-root": amd.fingerprints.ark,
      cnf: { jwk: { key_ops: ["verify"] } },
    });
    expect(claims).not.toHaveProperty("x-strongroom-device");
    expect(claims).not.toHaveProperty("x-ms-compliance-status");
  });

  it("says of a trust domain what Azure Attestation says", async () => {
    const claims = await attesting.claimsOf("TdxVm", (runtime) => quoteBody(runtime, "td15-5"));
    expect(claims).toMatchObject({
      ...about("one"),
      "x-ms-attestation-type": "tdxvm",
      attester_tcb_status: "UpToDate",
      tdx_td_attributes_debug: false,
      "x-strongroom-tier": "tee",
    });
  });

  it("says of an enclave what Azure Attestation says", async () => {
    const claims = await attesting.claimsOf("SgxEnclave", (runtime) => quoteBody(runtime, "sgx3"));
    expect(claims).toMatchObject({
      ...about("one"),
      "x-ms-attestation-type": "sgx",
      "x-ms-sgx-is-debuggable": false,
    });
  });

  it("says of an Azure machine what its hardware says inside, and binds its key to the node", async () => {
    const machine = createAzureMachine(amd);
    const claims = await attesting.claimsOf(
      "AzureGuest",
      (runtime) => azureBody(runtime, machine),
      "two",
    );
    const device = String(claims["x-strongroom-device"]);
    expect(device).toMatch(/^azure:[0-9a-f]{64}$/);
    expect(claims).toMatchObject({
      ...about("two", device),
      "x-ms-attestation-type": "azurevm",
      "x-ms-azurevm-vmid": "VM-1",
      "x-ms-isolation-tee": {
        "x-ms-attestation-type": "sevsnpvm",
        "x-ms-sevsnpvm-is-debuggable": false,
      },
      "x-strongroom-tier": "tee",
    });
    expect(claims).not.toHaveProperty("x-ms-sevsnpvm-is-debuggable");
    const again = await traceOf(attesting.installation.folders.storeFile, () =>
      attesting.attest("AzureGuest", (runtime) => azureBody(runtime, machine), "two"),
    );
    expect(again.result.status).toBe(200);
    expect(again.rows.filter((row) => row.includes("enrolment"))).toEqual([]);
    await attesting.refused(
      "AzureGuest",
      (runtime) => azureBody(runtime, machine),
      { code: "EnrolmentRefused", properties: { alarm: "second claimant of a device" } },
      "three",
    );
    await attesting.refused(
      "AzureGuest",
      (runtime) => azureBody(runtime),
      { code: "EnrolmentRefused", properties: { alarm: "second device of a node" } },
      "two",
    );
  });

  it("says of a Nitro enclave what it is, and binds its instance to the node", async () => {
    const claims = await attesting.claimsOf("Nitro", (runtime) => nitroBody(runtime), "four");
    expect(claims).toMatchObject({
      ...about("four", "nitro:i-0123456789abcdef0"),
      "x-ms-attestation-type": "nitro",
      "x-strongroom-nitro-is-debuggable": false,
    });
    await attesting.refused(
      "Nitro",
      (runtime) => nitroBody(runtime),
      { code: "EnrolmentRefused", properties: { alarm: "second claimant of a device" } },
      "three",
    );
  });

  it("frees a binding when an administrator says so", async () => {
    const path = `/strongroom/v1/enrolment/nodes/${attesting.nodes["four"]}`;
    const token = await attesting.installation.oidc.token("administrator");
    const { status, body } = await attesting.installation.send({
      ...{ serverName: "strongroom.strongroom-system.svc", method: "DELETE", path, token },
    });
    expect([status, body.device]).toEqual([200, "nitro:i-0123456789abcdef0"]);
    await attesting.claimsOf("Nitro", (runtime) => nitroBody(runtime), "three");
  });

  it("tells the operator what it decided about nodes", async () => {
    await attesting.claimsOf("SevSnpVm", (r) => snpBody(r), "one");
    await attesting.refused("SevSnpVm", (r) => snpBody(r, { policy: 0xb0000n }), {}, "two");
    const { nodes: seen } = await attesting.installation.manage((client) => client.nodeVerdicts());
    expect(seen.slice(-2)).toMatchObject([
      {
        ...{ nodeName: "one", verdict: "Attested", kind: "SevSnpVm", tier: "tee" },
        ...{ class: "hardware", tcb: expect.stringMatching(/^microcode \d+, snp \d+/) },
      },
      { nodeName: "two", verdict: "EvidenceRefused" },
    ]);
  });
});
