// SPDX-License-Identifier: Apache-2.0
/** What Windows' loaders would measure, made by hand. */

import { concatBytes, u32be, utf8 } from "@strongroom/core";
import { eventType } from "../eventlog/event-types.ts";
import { sipaType } from "../eventlog/sipa-items.ts";
import type { TestEvent } from "./test-event-log.ts";

const u32le = (value: number) => u32be(value).toReversed();

/** One item. */
export const sipa = (type: number, ...data: readonly Uint8Array[]): Uint8Array => {
  const bytes = concatBytes(...data);
  return concatBytes(u32le(type), u32le(bytes.length), bytes);
};

/** An item of one byte. */
export const flag = (type: number, value: number) => sipa(type, Uint8Array.of(value));

/** An item of eight bytes. */
export const wide = (type: number, value: number) => sipa(type, u32le(value), new Uint8Array(4));

/** An event of Windows' loaders. */
export const boundary = (register: number, ...items: readonly Uint8Array[]): TestEvent => ({
  ...{ register, type: eventType.eventTag },
  data: sipa(sipaType.trustBoundary, ...items),
});

/** Where Windows' boot log ends. */
export const endOfWindows = (register: number): TestEvent => ({
  ...{ register, type: eventType.separator, data: utf8("WBCL") },
});
