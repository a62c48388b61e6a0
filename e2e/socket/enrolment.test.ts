// SPDX-License-Identifier: Apache-2.0
/** Enrolment: a TPM proves that it holds two keys, and is bound to the node whose plugin asked. */

import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sha256, toBase64url, toHex } from "@strongroom/core";
import { decodeJwt } from "jose";
import { removeNvIndex } from "../../csi-driver/src/tpm/__fixtures__/raw-commands.ts";
import { connectTpm } from "../../csi-driver/src/tpm/connect-tpm.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import {
  activatePath,
  beginEnrolment,
  collectEvidence,
  enrolRequest,
  type Machine,
  makeMachine,
  nonceFor,
  post,
  postEvidence,
} from "./fixtures/machine.ts";
import { accounts } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { readStored, traceOf } from "./fixtures/stored.ts";

describe("the enrolment of a machine", () => {
  let installation: Installation;
  let one: Machine;
  let two: Machine;

  beforeAll(async () => {
    installation = await startInstallation({ cluster: true, tpms: 4, untrusted: 1 });
    one = await makeMachine(installation, "node-one", 0);
    two = await makeMachine(installation, "node-two", 1);
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const refused = (
    act: Parameters<typeof expectRefused>[1],
    expected: Parameters<typeof expectRefused>[2],
  ) => expectRefused(installation.folders.storeFile, act, expected);
  it("asks a machine that it does not know to enrol", async () => {
    const nonce = await nonceFor(installation, one.pluginToken);
    const evidence = await collectEvidence(one, { nonce });
    await refused(() => postEvidence(installation, one.pluginToken, evidence), {
      ...{ code: "NotEnrolled", operation: "NodeAttest" },
    });
  });

  it("refuses a TPM of a maker that nobody configured, and says no more than why in a word", async () => {
    const stray = await makeMachine(installation, "node-stray", 3);
    const request = await enrolRequest(stray);
    const answer = await refused(
      () => post(installation, stray.pluginToken, "/strongroom/v1/enrolment", request),
      {
        ...{ code: "EvidenceRefused", operation: "NodeEnrolmentBegin" },
        properties: { class: "untrusted-chain" },
      },
    );
    expect(answer.body.error.message).toBe("the evidence was refused: untrusted-chain");
  });

  it("binds the machine that proves itself to its node, in one leaf with both records", async () => {
    const answer = await beginEnrolment(installation, one, one.pluginToken);
    const { result, leaves, rows } = await traceOf(installation.folders.storeFile, () =>
      post(installation, one.pluginToken, activatePath, answer),
    );
    expect(result.body.node).toEqual({ name: "node-one", uid: one.nodeUid });
    const records = [`enrolment/device/${result.body.device}`, `enrolment/node/${one.nodeUid}`];
    expect(leaves.map(({ event, writes }) => [event.operationName, writes.length])).toEqual([
      ["NodeEnrol", 2],
    ]);
    expect([...rows].sort()).toEqual(records.map((id) => `installation/${id}@1`));
  });

  it("binds no second machine to a node and no second node to a machine, and raises the alarm", async () => {
    const second = await beginEnrolment(installation, two, one.pluginToken);
    await refused(() => post(installation, one.pluginToken, activatePath, second), {
      ...{ code: "EnrolmentRefused", operation: "NodeEnrol" },
      properties: { alarm: "second device of a node" },
    });
    const mover = await makeMachine(installation, "node-claims", 0);
    const claim = await beginEnrolment(installation, mover, mover.pluginToken);
    await refused(() => post(installation, mover.pluginToken, activatePath, claim), {
      ...{ code: "EnrolmentRefused", operation: "NodeEnrol" },
      properties: { alarm: "second claimant of a device" },
    });
    const { rows } = readStored(installation.folders.storeFile);
    const enrolments = [...rows].filter((row) => row.startsWith("installation/enrolment/"));
    expect(enrolments).toHaveLength(2);
  });

  it("lets nobody end an enrolment that another node began, or with another secret", async () => {
    const begun = await beginEnrolment(installation, one, one.pluginToken);
    await refused(() => post(installation, two.pluginToken, activatePath, begun), {
      ...{ code: "NodeMismatch", operation: "NodeEnrol" },
    });
    const wrong = { ...begun, secret: toBase64url(new Uint8Array(32)) };
    await refused(() => post(installation, one.pluginToken, activatePath, wrong), {
      ...{ code: "EnrolmentRefused", operation: "NodeEnrol" },
    });
    const forged = { ...begun, id: `${begun.id.slice(0, -2)}AA` };
    await refused(() => post(installation, one.pluginToken, activatePath, forged), {
      ...{ code: "NonceInvalid", operation: "NodeEnrol" },
    });
  });

  it("serves node plugins alone, with tokens that are bound to a pod on a node", async () => {
    const { cluster } = installation;
    const app = await cluster.podToken(await cluster.makePod("node-one", accounts.app));
    const unbound = await cluster.accountToken(accounts.nodePlugin);
    for (const token of [app, unbound]) {
      await refused(() => post(installation, token, "/attestation/challenge"), {
        ...{ code: "Forbidden", operation: "NodeChallenge" },
      });
      const request = await enrolRequest(one);
      await refused(() => post(installation, token, "/strongroom/v1/enrolment", request), {
        ...{ code: "Forbidden", operation: "NodeEnrolmentBegin" },
      });
    }
    expect(decodeJwt(unbound)["kubernetes.io"]).not.toHaveProperty("pod");
  });

  it("enrols and attests a machine whose maker certified a key on P-384 and no other", async () => {
    const path = installation.tpms[2]?.socketPath ?? "no such TPM";
    const transport = connectTpm({ kind: "socket", path });
    await transport.use((channel) => removeNvIndex(channel, 0x01c00002));
    const machine = await makeMachine(installation, "node-curve", 2);
    const [certificate = new Uint8Array()] = (await machine.collector.identity()).ekCertificates;
    const { publicKey } = new X509Certificate(certificate);
    expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "secp384r1" });
    await machine.attest();
    const device = toHex(sha256(publicKey.export({ type: "spki", format: "der" })));
    const { rows } = readStored(installation.folders.storeFile);
    expect([...rows]).toContain(`installation/enrolment/device/${device}@1`);
  });
});
