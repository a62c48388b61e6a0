// SPDX-License-Identifier: Apache-2.0
/** Parsers of event logs, and readers of what logs prove about a machine, whatever their events were changed to. */

import { createHash } from "node:crypto";
import { concatBytes, utf8 } from "@strongroom/core";
import {
  secureBoot,
  separator,
} from "../../packages/attestation/src/__fixtures__/event-log-attempts.ts";
import { grub, stub } from "../../packages/attestation/src/__fixtures__/test-boot-texts.ts";
import {
  efiVariable,
  encodeEventLog,
  type TestEvent,
} from "../../packages/attestation/src/__fixtures__/test-event-log.ts";
import {
  startedBy,
  testKeys,
  variable,
} from "../../packages/attestation/src/__fixtures__/test-secure-boot.ts";
import { certificateList } from "../../packages/attestation/src/__fixtures__/test-signature-list.ts";
import {
  boundary,
  endOfWindows,
  flag,
  sipa,
  wide,
} from "../../packages/attestation/src/__fixtures__/test-sipa.ts";
import { readBootImages } from "../../packages/attestation/src/eventlog/boot-images.ts";
import { readEfiVariable } from "../../packages/attestation/src/eventlog/efi-variable.ts";
import { isEventLog } from "../../packages/attestation/src/eventlog/is-event-log.ts";
import {
  toAzureMachineClaims,
  toTpmMachineClaims,
} from "../../packages/attestation/src/eventlog/machine-claims.ts";
import {
  type EventLog,
  parseEventLog,
} from "../../packages/attestation/src/eventlog/parse-event-log.ts";
import { replayEventLog } from "../../packages/attestation/src/eventlog/replay-event-log.ts";
import { readSignatureLists } from "../../packages/attestation/src/eventlog/signature-list.ts";
import { readSipaItems, sipaType } from "../../packages/attestation/src/eventlog/sipa-items.ts";
import {
  type ProvenEventLog,
  verifyEventLog,
} from "../../packages/attestation/src/eventlog/verify-event-log.ts";
import { type FuzzTarget, target } from "./fuzz-target.ts";

/** All of them. */
export function logTargets(): readonly FuzzTarget[] {
  const linux = encodeEventLog([
    ...[...startedBy("others"), variable("dbx")],
    grub("grub_cmd: ", "linux /vmlinuz root=/dev/sda"),
    grub("kernel_cmdline: ", "/vmlinuz root=/dev/sda"),
  ]);
  const stubbed = encodeEventLog([secureBoot(1), separator, stub(12, "root=/dev/sda"), end]);
  const items = [flag(sipaType.bootDebugging, 0), wide(sipaType.hvciPolicy, 1)];
  const windows = encodeEventLog([
    ...startedBy("windows"),
    ...[12, 13].flatMap((register) => [boundary(register, ...items), endOfWindows(register)]),
  ]);
  return [
    target("event log", parseEventLog, 60, windows, linux),
    target("event log, told apart", isEventLog, 60, linux),
    target(
      "machine's log, covered",
      (bytes) => readMachine(covered(bytes)),
      20,
      windows,
      linux,
      stubbed,
    ),
    target("machine's log, as it gives its registers", readOwn, 5, windows, linux, stubbed),
    target(
      "signature lists",
      readSignatureLists,
      60,
      concatBytes(certificateList(utf8("one")), certificateList(utf8("another"))),
    ),
    target(
      "items of Windows' loaders",
      readSipaItems,
      60,
      sipa(sipaType.trustBoundary, ...items, sipa(sipaType.loadedModules, flag(0x0007000a, 1))),
    ),
    target("UEFI variable", readEfiVariable, 60, efiVariable("SecureBoot", Uint8Array.of(1))),
  ];
}

/** What ends the firmware's part, beside an image that it started. */
const end: TestEvent = {
  ...{ register: 5, type: 0x80000007 },
  data: new Uint8Array(Buffer.from("Exit Boot Services Invocation")),
};

/** With the digests that changed events would have: readers count nothing that no digest covers. */
function covered(bytes: Uint8Array): EventLog {
  const { events, length } = parseEventLog(bytes);
  const digest = (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());
  return {
    length,
    events: events.map((event) => ({
      ...event,
      digests: new Map([["sha256", digest(event.data)]] as const),
    })),
  };
}

/** As if registers had proved it. */
function readMachine({ events, length }: EventLog) {
  const registers = [...new Set(events.map(({ register }) => register))];
  const untouched = [8, 9, 12, 13].filter((register) => !registers.includes(register));
  const log: ProvenEventLog = {
    ...{ kind: "tpm", bank: "sha256", events, length, registers, untouched, unproven: [] },
  };
  return [
    readBootImages(log),
    toTpmMachineClaims(log, testKeys),
    toAzureMachineClaims(log, testKeys),
  ];
}

/** Of a machine whose registers are those that the log gives: what was changed is seldom covered, as in a log that somebody forged. */
function readOwn(bytes: Uint8Array): unknown {
  const registers = Array.from({ length: 16 }, (_, index) => index);
  const values = replayEventLog(parseEventLog(bytes), "sha256", "tpm", registers);
  const banks = new Map([["sha256", values]] as const);
  const verdict = verifyEventLog(bytes, { kind: "tpm", banks });
  return verdict.kind === "verified" && toAzureMachineClaims(verdict.claims, testKeys);
}
