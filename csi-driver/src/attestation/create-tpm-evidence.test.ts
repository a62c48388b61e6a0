// SPDX-License-Identifier: Apache-2.0
/** A software TPM that was extended as a log says: the log goes along with its quote while it is the quote's, and only then. */

import { describe, expect, it } from "@jest/globals";
import type { TpmEvidence } from "@strongroom/api";
import { eventLogPcrs, pcrRegisters, verifyEventLog } from "@strongroom/attestation";
import { fromBase64url, silentLog, systemClock, utf8 } from "@strongroom/core";
import { hasSwtpm, startSwtpm } from "@strongroom/testing";
import { encodeEventLog } from "../../../packages/attestation/src/__fixtures__/test-event-log.ts";
import {
  extensionsOf,
  linuxMachine,
} from "../../../packages/attestation/src/__fixtures__/test-machines.ts";
import { createFakeVault, workingVault } from "../__fixtures__/fake-vault.ts";
import { makeFakeLogFiles } from "../event-log/__fixtures__/fake-log-files.ts";
import { createEventLogSource } from "../event-log/event-log-source.ts";
import type { LogFiles } from "../event-log/log-files.ts";
import { extendPcr } from "../tpm/__fixtures__/raw-commands.ts";
import { collectorOf } from "../tpm/__fixtures__/verifier.ts";
import { createTpmEvidence } from "./create-tpm-evidence.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;
const { signal } = new AbortController();
const machine = linuxMachine();
const log = encodeEventLog(machine);

/** A machine that was started so, and what it sends with the log that these files give. */
async function start() {
  const swtpm = await startSwtpm();
  const { collector, transport } = collectorOf(swtpm);
  const measure = async (events: Parameters<typeof extensionsOf>[0]) => {
    for (const { register, digest } of extensionsOf(events)) {
      await transport.use((channel) => extendPcr(channel, register, digest));
    }
  };
  const send = async (files: LogFiles) => {
    const sent: TpmEvidence[] = [];
    const installation = {
      ...createFakeVault(workingVault),
      attestTpm: async (evidence: TpmEvidence) => {
        sent.push(evidence);
        return "token";
      },
    };
    const eventLog = createEventLogSource({
      ...{ files, path: "/log", clock: systemClock, log: silentLog },
    });
    const evidence = createTpmEvidence({ installation, collector, pcrs: [0, 16], eventLog });
    expect(await evidence.present(utf8("{}"), signal)).toBe("token");
    const [only] = sent;
    return { pcrs: Object.keys(only?.pcrs.sha256 ?? {}).map(Number), evidence: only };
  };
  await measure(machine);
  return { measure, send, [Symbol.asyncDispose]: () => swtpm[Symbol.asyncDispose]() };
}

function provenBy(evidence: TpmEvidence | undefined) {
  const sent = fromBase64url(evidence?.eventLog ?? "");
  return verifyEventLog(sent, pcrRegisters(evidence?.pcrs ?? {}));
}

withSwtpm("evidence of a TPM with a log", () => {
  it("has the log, and the registers that are wanted and that its claims are made of", async () => {
    await using node = await start();
    const { evidence, pcrs } = await node.send(makeFakeLogFiles([log]));
    expect(Buffer.from(evidence?.eventLog ?? "", "base64url")).toEqual(Buffer.from(log));
    expect(pcrs).toEqual([0, ...eventLogPcrs, 16]);
    expect(provenBy(evidence)).toMatchObject({ claims: { registers: [4, 5, 7, 8, 9] } });
  });

  it("has neither where there is none, and no log where it is another's", async () => {
    await using node = await start();
    const none = await node.send(makeFakeLogFiles(["ENOENT"]));
    expect([none.pcrs, none.evidence?.eventLog]).toEqual([[0, 16], undefined]);
    const changed = encodeEventLog(linuxMachine(0));
    const other = await node.send(makeFakeLogFiles([changed]));
    expect([other.pcrs, other.evidence?.eventLog]).toEqual([[0, ...eventLogPcrs, 16], undefined]);
  });

  it("has the longer log where something is measured after it was read", async () => {
    await using node = await start();
    const more = machine.slice(0, 1);
    const longer = encodeEventLog([...machine, ...more]);
    const files = makeFakeLogFiles([log, longer], async (count) => {
      await node.measure(count === 1 ? more : []);
    });
    const { evidence } = await node.send(files);
    expect(files.asked).toHaveLength(2);
    expect(Buffer.from(evidence?.eventLog ?? "", "base64url")).toEqual(Buffer.from(longer));
    expect(provenBy(evidence).kind).toBe("verified");
  });
});
