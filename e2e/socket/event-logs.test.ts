// SPDX-License-Identifier: Apache-2.0
/** Event logs beside quotes before the authority: what they prove is in the token, and what they do not prove is not. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toBase64url, utf8 } from "@strongroom/core";
import { createAzureMachine } from "@strongroom/testing";
import { decodeJwt } from "jose";
import { setRegisters } from "../../csi-driver/src/event-log/__fixtures__/td-quote.ts";
import {
  secureBoot,
  separator,
} from "../../packages/attestation/src/__fixtures__/event-log-attempts.ts";
import { grub } from "../../packages/attestation/src/__fixtures__/test-boot-texts.ts";
import {
  encodeEventLog,
  type TestEvent,
} from "../../packages/attestation/src/__fixtures__/test-event-log.ts";
import { startedBy } from "../../packages/attestation/src/__fixtures__/test-secure-boot.ts";
import { parseEventLog } from "../../packages/attestation/src/eventlog/parse-event-log.ts";
import { replayEventLog } from "../../packages/attestation/src/eventlog/replay-event-log.ts";
import { type Attesting, openAttesting, type Runtime } from "./fixtures/attesting.ts";
import { collectEvidence, nonceFor, postEvidence } from "./fixtures/machine.ts";
import { amd, azureBody, quoteBody } from "./fixtures/tee.ts";
import { useTwoMachines } from "./fixtures/two-machines.ts";

const line = "/vmlinuz ro";
const linux = (text = line): readonly TestEvent[] => [
  ...startedBy("others"),
  grub("grub_cmd: ", `linux ${text}`),
  grub("kernel_cmdline: ", text),
];
const all = Array.from({ length: 16 }, (_, index) => index);

/** A machine whose registers a log of these events gives, and that log. */
function machineOf(events: readonly TestEvent[]) {
  const log = encodeEventLog(events);
  const values = replayEventLog(parseEventLog(log), "sha256", "tpm", all);
  const pcrs = all.map((index) => values.get(index) ?? new Uint8Array(32));
  return { machine: createAzureMachine(amd, { pcrs }), eventLog: toBase64url(log) };
}

describe("the event log of an azure machine", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
    await attesting.setRules({ enrolment: "Open" });
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });
  const { machine, eventLog } = machineOf(linux());
  const claimsOf = (change: object, of = machine) =>
    attesting.claimsOf("AzureGuest", (runtime) => azureBody(runtime, of, change));

  it("gives azure's claims about the machine, at the top of the token", async () => {
    expect(await claimsOf({ eventLog })).toMatchObject({
      ...{ secureboot: true, "x-ms-azurevm-ostype": "Linux", "x-ms-azurevm-is-windows": false },
      "x-ms-azurevm-debuggersdisabled": true,
      "x-ms-azurevm-dbvalidated": false,
      "x-ms-azurevm-attested-pcrs": all,
      "x-ms-azurevm-attested-pcr-values": { pcr15: Buffer.alloc(32).toString("base64") },
      "x-strongroom-kernel-command-line": line,
      "x-ms-isolation-tee": { "x-ms-attestation-type": "sevsnpvm" },
    });
  });

  it("gives none where it is missing, or of digests that prove nothing", async () => {
    const weak = toBase64url(encodeEventLog(linux(), ["sha1"]));
    for (const change of [{}, { eventLog: weak }]) {
      const claims = await claimsOf(change);
      expect(claims).toHaveProperty("x-ms-azurevm-attested-pcrs");
      for (const name of ["secureboot", "x-ms-azurevm-ostype", "x-ms-azurevm-debuggersdisabled"]) {
        expect(claims).not.toHaveProperty([name]);
      }
    }
  });

  it.each([
    ["of another machine", machineOf([secureBoot(0), separator]).eventLog, "binding-mismatch"],
    ["that is none", toBase64url(utf8("no log at all")), "malformed"],
  ])("is refused with its evidence where it is one %s", async (_, other, refusal) => {
    const body = (runtime: Parameters<typeof azureBody>[0]) =>
      azureBody(runtime, machine, { eventLog: other });
    await attesting.refused("AzureGuest", body, { class: refusal });
  });

  it("of the longest that is taken fits into a request", async () => {
    const long: TestEvent = { register: 6, type: 1, data: new Uint8Array(255_000).fill(7) };
    const other = machineOf([long, ...linux()]);
    const claims = await claimsOf({ eventLog: other.eventLog }, other.machine);
    expect(claims["x-ms-azurevm-ostype"]).toBe("Linux");
  });
});

describe("the event log of a tpm", () => {
  const now = useTwoMachines();

  it("gives azure's claims about tpms, by registers of a real one", async () => {
    const { installation, one } = now;
    const events = [secureBoot(1), separator];
    for (const { register, data } of events) {
      await one.extend(register, data);
    }
    const attest = async (eventLog: string | undefined) => {
      const nonce = await nonceFor(installation, one.pluginToken);
      const evidence = await collectEvidence(one, { nonce });
      const { body } = await postEvidence(installation, one.pluginToken, { ...evidence, eventLog });
      const answer = body.data && JSON.parse(Buffer.from(body.data, "base64url").toString());
      return { error: body.error?.innererror?.code, claims: answer && decodeJwt(answer.token) };
    };
    const { claims } = await attest(toBase64url(encodeEventLog(events)));
    expect(claims).toMatchObject({ secureBootEnabled: true, aikValidated: true, secureboot: true });
    expect(claims).not.toHaveProperty("bootDebuggingDisabled");
    expect((await attest(undefined)).claims).not.toHaveProperty("secureBootEnabled");
    const other = toBase64url(encodeEventLog([secureBoot(0), separator]));
    expect((await attest(other)).error).toBe("EvidenceRefused");
  });
});

describe("the event log of a trust domain", () => {
  let attesting: Attesting;
  beforeAll(async () => {
    attesting = await openAttesting();
  });
  afterAll(async () => {
    await attesting[Symbol.asyncDispose]();
  });
  const events = [
    { ...secureBoot(1), register: 1 },
    { ...separator, register: 1 },
  ];
  const eventLog = encodeEventLog(events, ["sha384"]);
  const bodyWith = (log: Uint8Array | undefined) => (runtime: Runtime) => ({
    ...quoteBody(runtime, "td15-5", {
      quote: (bytes) => setRegisters(bytes, "td15-5", eventLog),
    }),
    eventLog: log && toBase64url(log),
  });

  it("gives what it proves, and nothing where it is missing or of weak digests", async () => {
    expect(await attesting.claimsOf("TdxVm", bodyWith(eventLog))).toMatchObject({
      ...{ "x-ms-attestation-type": "tdxvm", secureboot: true },
      ...{ "x-strongroom-event-log-bank": "sha384", "x-strongroom-event-log-registers": [1] },
    });
    for (const other of [undefined, encodeEventLog(events, ["sha1"])]) {
      expect(await attesting.claimsOf("TdxVm", bodyWith(other))).not.toHaveProperty("secureboot");
    }
  });

  it.each([
    ["of other registers", encodeEventLog(events.slice(1), ["sha384"]), "binding-mismatch"],
    ["cut short", eventLog.slice(0, -1), "malformed"],
  ])("is refused with its evidence where it is %s", async (_, other, refusal) => {
    await attesting.refused("TdxVm", bodyWith(other), { class: refusal });
  });

  it("is no member of an enclave's evidence", async () => {
    const body = (runtime: Runtime) => ({
      ...quoteBody(runtime, "sgx3"),
      eventLog: toBase64url(eventLog),
    });
    const { status } = await attesting.attest("SgxEnclave", body);
    expect(status).toBe(400);
  });
});
