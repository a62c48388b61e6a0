// SPDX-License-Identifier: Apache-2.0
/** What loaders and firmware write into event logs, and all that is read from a log that gives its registers. */

import { concatBytes, utf8 } from "@strongroom/core";
import { grub, stub } from "../../packages/attestation/src/__fixtures__/test-boot-texts.ts";
import { encodeEventLog } from "../../packages/attestation/src/__fixtures__/test-event-log.ts";
import {
  startedBy,
  testKeys,
} from "../../packages/attestation/src/__fixtures__/test-secure-boot.ts";
import { certificateList } from "../../packages/attestation/src/__fixtures__/test-signature-list.ts";
import {
  boundary,
  endOfWindows,
  flag,
  sipa,
  wide,
} from "../../packages/attestation/src/__fixtures__/test-sipa.ts";
import { toAzureMachineClaims } from "../../packages/attestation/src/eventlog/machine-claims.ts";
import { parseEventLog } from "../../packages/attestation/src/eventlog/parse-event-log.ts";
import { replayEventLog } from "../../packages/attestation/src/eventlog/replay-event-log.ts";
import { readSignatureLists } from "../../packages/attestation/src/eventlog/signature-list.ts";
import { readSipaItems, sipaType } from "../../packages/attestation/src/eventlog/sipa-items.ts";
import { verifyEventLog } from "../../packages/attestation/src/eventlog/verify-event-log.ts";
import { type FuzzTarget, target } from "./fuzz-target.ts";

/** All of them. */
export function bootTargets(): readonly FuzzTarget[] {
  const lists = concatBytes(certificateList(utf8("one")), certificateList(utf8("another")));
  const items = sipa(
    sipaType.trustBoundary,
    flag(sipaType.bootDebugging, 0),
    sipa(sipaType.loadedModules, flag(0x0007000a, 1)),
    wide(sipaType.hypervisorLaunch, 0),
  );
  const windows = [12, 13].flatMap((register) => [
    boundary(register, flag(sipaType.testSigning, 0)),
    endOfWindows(register),
  ]);
  const linux = [grub("grub_cmd: ", "linux /k ro"), grub("kernel_cmdline: ", "/k ro")];
  return [
    target("signature lists", readSignatureLists, 60, lists),
    target("items of Windows' loaders", readSipaItems, 60, items),
    target(
      "claims of an event log",
      claimsOf,
      5,
      encodeEventLog([...startedBy("windows"), ...windows]),
      encodeEventLog([...startedBy("others"), ...linux]),
      encodeEventLog([...startedBy("others"), stub(12, "quiet")]),
    ),
  ];
}

/** Of a machine whose registers are those that the log gives. */
function claimsOf(bytes: Uint8Array): unknown {
  const registers = Array.from({ length: 16 }, (_, index) => index);
  const values = replayEventLog(parseEventLog(bytes), "sha256", "tpm", registers);
  const banks = new Map([["sha256", values]] as const);
  const verdict = verifyEventLog(bytes, { kind: "tpm", banks });
  return verdict.kind === "verified" && toAzureMachineClaims(verdict.claims, testKeys);
}
