// SPDX-License-Identifier: Apache-2.0
/** What an event log proves of Secure Boot, and of a debugged firmware. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import {
  authority,
  claimsOf,
  digest,
  pk,
  secureBoot,
  separator,
  usual,
} from "../__fixtures__/event-log-attempts.ts";
import { efiVariable, type TestEvent } from "../__fixtures__/test-event-log.ts";
import { eventType } from "./event-types.ts";

describe("an event log", () => {
  it("proves Secure Boot with the keys and what vouched for the system", () => {
    expect(claimsOf(usual)).toEqual({
      "x-strongroom-event-log-bank": "sha256",
      "x-strongroom-event-log-registers": [7],
      secureboot: true,
      "x-strongroom-firmware-debugged": false,
      "x-strongroom-secureboot-authorities": [digest("certificate")],
      "x-strongroom-secureboot-variables": { PK: digest("platform key") },
    });
    expect(claimsOf([secureBoot(0), separator])).toMatchObject({ secureboot: false });
  });

  it("says when the firmware was debugged", () => {
    const debug = { register: 7, type: eventType.efiAction, data: utf8("UEFI Debug Mode") };
    expect(claimsOf([...usual, debug])["x-strongroom-firmware-debugged"]).toBe(true);
    const unproven = { ...debug, digestOf: utf8("DMA Protection Disabled") };
    expect(claimsOf([...usual, unproven])["x-strongroom-firmware-debugged"]).toBe(false);
  });

  it.each<[string, readonly TestEvent[]]>([
    [
      "a digest that is not its data's",
      [{ ...secureBoot(1), digestOf: secureBoot(0).data }, separator],
    ],
    ["another variable's digest", [secureBoot(1), { ...pk, digestOf: utf8("other") }, separator]],
    ["no separator", [secureBoot(1)]],
    ["two separators", [...usual, separator]],
    ["a separator of an error", [secureBoot(1), { ...separator, data: Uint8Array.of(1, 0, 0, 0) }]],
    ["a separator that was none", [secureBoot(1), { ...separator, digestOf: utf8("error") }]],
    ["the variable behind the separator", [separator, secureBoot(1)]],
    ["the variable on both sides", [secureBoot(0), separator, secureBoot(1)]],
    ["the variable twice", [secureBoot(0), secureBoot(1), separator]],
    ["another value than yes and no", [secureBoot(2), separator]],
    [
      "the variable of another namespace",
      [
        { ...secureBoot(1), data: efiVariable("SecureBoot", Uint8Array.of(1), new Uint8Array(16)) },
        separator,
      ],
    ],
    ["the variable in another register", [{ ...secureBoot(1), register: 1 }, separator]],
    ["a variable that is none", [secureBoot(1), { ...pk, data: utf8("none") }, separator]],
  ])("says nothing of Secure Boot with %s", (_, events) => {
    expect(claimsOf(events)).not.toHaveProperty("secureboot");
  });

  it.each<[string, TestEvent]>([
    ["is called something else", { ...separator, type: eventType.efiAction }],
    ["has other data in the log", { ...separator, data: utf8("no"), digestOf: separator.data }],
    [
      "told of an error",
      { ...separator, type: eventType.efiAction, data: Uint8Array.of(1, 0, 0, 0) },
    ],
  ])(
    "says nothing of Secure Boot where a system made a second beginning, and the first end %s",
    (_, end) => {
      const first = { ...secureBoot(0), type: eventType.efiAction };
      expect(claimsOf([first, end, ...usual])).not.toHaveProperty("secureboot");
      expect(claimsOf([first, ...usual])["secureboot"]).toBe(true);
    },
  );

  it("tells of a debugger whatever the log says in place of it", () => {
    const debug = { register: 7, type: eventType.efiAction, data: utf8("UEFI Debug Mode") };
    for (const hidden of [
      { ...debug, type: eventType.separator },
      { ...debug, data: utf8("DMA Protection Disabled"), digestOf: debug.data },
    ]) {
      expect(claimsOf([...usual, hidden])["x-strongroom-firmware-debugged"]).toBe(true);
    }
  });

  it("leaves out an authority whose digest is not its data's", () => {
    const events = [...usual, { ...authority, digestOf: utf8("other") }];
    expect(claimsOf(events)["x-strongroom-secureboot-authorities"]).toHaveLength(1);
  });
});
