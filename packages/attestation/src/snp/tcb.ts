// SPDX-License-Identifier: Apache-2.0
/** TCB_VERSION: the security versions of a processor's firmware. SEV-SNP Firmware ABI, 56860, section 2.2. */

import type { AmdProduct } from "./product.ts";

/** Security versions, one by one: as one number they have no order that means anything. */
export interface SnpTcb {
  /** Turin and later; 0 where the product has none. */
  readonly fmc: number;
  readonly bootLoader: number;
  readonly tee: number;
  readonly snp: number;
  readonly microcode: number;
}

/** Positions of the parts in the eight bytes. */
type Layout = Readonly<Record<keyof SnpTcb, number | undefined>>;

const olderLayout: Layout = { fmc: undefined, bootLoader: 0, tee: 1, snp: 6, microcode: 7 };
const turinLayout: Layout = { fmc: 0, bootLoader: 1, tee: 2, snp: 3, microcode: 7 };

/** Reads the eight bytes, lowest address first, as the product lays them out. */
export function parseTcb(bytes: Uint8Array, product: AmdProduct): SnpTcb {
  const layout = product === "Turin" ? turinLayout : olderLayout;
  const part = (name: keyof SnpTcb) => {
    const position = layout[name];
    return position === undefined ? 0 : (bytes[position] ?? 0);
  };
  return {
    fmc: part("fmc"),
    bootLoader: part("bootLoader"),
    tee: part("tee"),
    snp: part("snp"),
    microcode: part("microcode"),
  };
}

/** Whether every part is at least what `floor` asks of it. */
export function isAtLeast(tcb: SnpTcb, floor: SnpTcb): boolean {
  return (
    tcb.fmc >= floor.fmc &&
    tcb.bootLoader >= floor.bootLoader &&
    tcb.tee >= floor.tee &&
    tcb.snp >= floor.snp &&
    tcb.microcode >= floor.microcode
  );
}
