// SPDX-License-Identifier: Apache-2.0
/** Texts as boot loaders measure them, made by hand. */

import { concatBytes, utf8 } from "@strongroom/core";
import { eventType } from "../eventlog/event-types.ts";
import type { TestEvent } from "./test-event-log.ts";

/** A text of GRUB's: what is logged has a prefix and a zero, which the digest does not cover, or old versions' the zero. */
export const grub = (
  prefix: string,
  text: string,
  { withZero = false }: { readonly withZero?: boolean } = {},
): TestEvent => ({
  ...{ register: 8, type: eventType.ipl, data: utf8(`${prefix}${text}\0`) },
  digestOf: utf8(withZero ? `${text}\0` : text),
});

/** Options as systemd's stub measures them. @param cut Bytes that old versions do not log. */
export const stub = (
  register: number,
  text: string,
  { cut = 0 }: { readonly cut?: number } = {},
): TestEvent => {
  const bytes = concatBytes(new Uint8Array(Buffer.from(text, "utf16le")), new Uint8Array(2));
  return {
    ...{ register, type: eventType.ipl, digestOf: bytes },
    data: bytes.slice(0, bytes.length - cut),
  };
};
