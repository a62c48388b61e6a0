// SPDX-License-Identifier: Apache-2.0
/** An order as a person reads it before signing it. */

import type { Order, Statement } from "@strongroom/api";
import { toPrintable } from "../to-printable.ts";
import { signerOf } from "./add-signature.ts";

/** Lines of text; everything in an order is of closed alphabets. */
export function showOrder(order: Order, { signatures }: Statement): string {
  const { vault, id, action, object, policy, expires } = order;
  const lines = [
    `vault      ${vault}`,
    `order      ${action} ${object}${policy === undefined ? "" : `, by policy ${policy}`}`,
    `id         ${id}`,
    `expires    ${new Date(expires * 1_000).toISOString()}`,
    `signatures ${signatures.map((entry) => toPrintable(signerOf(entry) ?? "")).join(", ")}`,
  ];
  return `${lines.join("\n")}\n`;
}
