// SPDX-License-Identifier: Apache-2.0
/** Machines with Secure Boot under keys of our own. */

import { concatBytes, sha256, toHex, utf8 } from "@strongroom/core";
import { eventType } from "../eventlog/event-types.ts";
import type { SecureBootKeys } from "../eventlog/secure-boot-keys.ts";
import { secureBoot, separator } from "./event-log-attempts.ts";
import { efiVariable, type TestEvent } from "./test-event-log.ts";
import { certificateList } from "./test-signature-list.ts";

const certificate = (name: string) => utf8(`certificate of ${name}`);
const digestOf = (name: string) => toHex(sha256(certificate(name)));

/** What stands for Microsoft's. */
export const testKeys: SecureBootKeys = {
  platformKey: digestOf("platform"),
  exchangeKeys: [digestOf("exchange")],
  authorities: [digestOf("windows"), digestOf("others")],
  windowsAuthorities: [digestOf("windows")],
};

/** A variable with certificates of these names. */
export const variable = (name: string, ...certificates: readonly string[]): TestEvent => ({
  ...{ register: 7, type: eventType.efiVariableDriverConfig },
  data: efiVariable(
    name,
    concatBytes(...certificates.map((one) => certificateList(certificate(one)))),
  ),
});

/** Who vouched for an image, by the entry of db as firmware measures it. */
export const authorityOf = (name: string, from = "db"): TestEvent => ({
  ...{ register: 7, type: eventType.efiVariableAuthority },
  data: efiVariable(from, concatBytes(new Uint8Array(16).fill(0x77), certificate(name))),
});

/** A machine that started what this authority vouches for. */
export const startedBy = (name: string, isEnabled = 1): readonly TestEvent[] => [
  secureBoot(isEnabled),
  variable("PK", "platform"),
  variable("KEK", "exchange"),
  variable("db", "windows", "others"),
  separator,
  authorityOf(name),
];
