// SPDX-License-Identifier: Apache-2.0
/** What an event log proves of Secure Boot, and of a debugged firmware. */

import { describe, expect, it } from "@jest/globals";
import { sha256, toHex, utf8 } from "@strongroom/core";
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
      "x-strongroom-secureboot-authorities-digest": digest(`["${digest("certificate")}"]`),
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
      const first = { ...pk, type: eventType.efiAction };
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

  it.each<[string, TestEvent]>([
    ["is called something else", { ...secureBoot(0), type: eventType.efiAction }],
    ["has other data in the log", { ...secureBoot(0), data: utf8("no") }],
    [
      "has no value",
      { ...secureBoot(0), type: 1, data: efiVariable("SecureBoot", new Uint8Array()) },
    ],
  ])("says nothing of Secure Boot where the variable stands twice, and one %s", (_, other) => {
    const hidden = { ...other, digestOf: other.type === 1 ? other.data : secureBoot(0).data };
    for (const events of [
      [hidden, ...usual],
      [...usual, hidden],
    ]) {
      expect(claimsOf(events)).not.toHaveProperty("secureboot");
    }
  });

  it("leaves out nothing that was measured since firmware ended, whatever the log calls it or says", () => {
    const changed = efiVariable("db", utf8("other"), new Uint8Array(16));
    for (const hidden of [
      { ...authority, type: eventType.efiAction, data: changed },
      { ...authority, data: utf8("no"), digestOf: changed },
    ]) {
      const claim = claimsOf([...usual, hidden])["x-strongroom-secureboot-authorities"];
      expect(claim).toHaveLength(2);
      const isRead = hidden.digestOf === undefined;
      expect((claim as readonly string[])[1]).toBe(
        isRead ? digest("other") : `unread:${toHex(sha256(changed))}`,
      );
    }
  });

  it("has another digest of the list once a system adds what would be right", () => {
    const other = { ...authority, data: efiVariable("db", utf8("other"), new Uint8Array(16)) };
    const name = "x-strongroom-secureboot-authorities";
    const [wanted, added] = [[], [authority]].map((more) =>
      claimsOf([secureBoot(1), separator, more.length === 0 ? authority : other, ...more]),
    );
    expect(added?.[name]).toContain(digest("certificate"));
    expect(wanted?.[`${name}-digest`]).toBe(digest(`["${digest("certificate")}"]`));
    expect(added?.[`${name}-digest`]).not.toBe(wanted?.[`${name}-digest`]);
  });

  it("names no authorities where there are more than claims carry", () => {
    const count = (more: number) =>
      claimsOf([...usual, ...Array.from({ length: more }, () => authority)])[
        "x-strongroom-secureboot-authorities"
      ];
    expect(count(63)).toHaveLength(64);
    expect(count(64)).toBeUndefined();
  });
});
