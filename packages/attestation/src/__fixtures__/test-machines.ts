// SPDX-License-Identifier: Apache-2.0
/** Machines whose logs prove all that a log can, from firmware to the system. */

import { sha256, utf8 } from "@strongroom/core";
import { eventType } from "../eventlog/event-types.ts";
import { sipaType } from "../eventlog/sipa-items.ts";
import { grub } from "./test-boot-texts.ts";
import type { TestEvent } from "./test-event-log.ts";
import { startedBy } from "./test-secure-boot.ts";
import { boundary, endOfWindows, flag } from "./test-sipa.ts";

/** What Linux is started with. */
export const linuxLine = "/vmlinuz root=/dev/sda1 ro";

const image = (name: string): TestEvent => ({
  ...{ register: 4, type: eventType.efiBootServicesApplication },
  ...{ data: utf8("a path"), digestOf: utf8(name) },
});
const exit: TestEvent = {
  ...{ register: 5, type: eventType.efiAction, data: utf8("Exit Boot Services Invocation") },
};

/** Linux by GRUB, with Secure Boot unless said otherwise. */
export const linuxMachine = (isEnabled = 1): readonly TestEvent[] => [
  ...startedBy("others", isEnabled),
  ...[image("shim"), image("grub")],
  grub("grub_cmd: ", `linux ${linuxLine}`),
  grub("kernel_cmdline: ", linuxLine),
  { register: 9, type: eventType.ipl, data: utf8("/vmlinuz\0"), digestOf: utf8("kernel") },
  exit,
];

/** Registers of a TD's log for a TPM's. UEFI, section 38.4.1 */
const tdRegister: Readonly<Record<number, number>> = { 4: 2, 5: 2, 7: 1, 8: 3, 9: 3 };

/** The same in a trust domain, which has fewer registers. */
export const linuxDomain = (isEnabled = 1): readonly TestEvent[] =>
  linuxMachine(isEnabled).map((event) => ({
    ...event,
    register: tdRegister[event.register] ?? event.register,
  }));

/** Windows that no debugger is attached to, with Secure Boot. */
export const windowsMachine: readonly TestEvent[] = [
  ...startedBy("windows"),
  image("bootmgfw"),
  boundary(12, flag(sipaType.bootDebugging, 0), flag(sipaType.testSigning, 0)),
  boundary(13, flag(sipaType.kernelDebug, 0), flag(sipaType.flightSigning, 0)),
  ...[12, 13].map(endOfWindows),
  exit,
];

/** What a TPM is extended with, in this order. */
export const extensionsOf = (events: readonly TestEvent[]) =>
  events.map(({ register, data, digestOf }) => ({ register, digest: sha256(digestOf ?? data) }));
