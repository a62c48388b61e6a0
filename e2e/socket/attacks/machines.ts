// SPDX-License-Identifier: Apache-2.0
/** Three machines: one of which a release is honest, one that the attacker owns, and one of a maker that nobody configured. */

import { type Machine, makeMachine } from "../fixtures/machine.ts";
import { openShop, type Shop } from "../fixtures/shop.ts";

/** The machines, and the vault with the pod on the first. */
export interface Machines {
  readonly shop: Shop;
  /** Another enrolled node, whose plugin and TPM the attacker owns. */
  readonly other: Machine;
  /** A node whose TPM no configured maker made. */
  readonly stray: Machine;
}

/** Starts them; the first two are enrolled. */
export async function openMachines(): Promise<Machines> {
  const shop = await openShop({ tpms: 3, untrusted: 1 });
  const other = await makeMachine(shop.installation, "node-2", 1);
  await other.attest();
  return { shop, other, stray: await makeMachine(shop.installation, "node-3", 2) };
}
