// SPDX-License-Identifier: Apache-2.0
/**
 * What Windows' loaders measure: items of type, size and data, some of which hold further items. Little-endian. Windows SDK,
 * wbcl.h (SIPAEVENT); the outermost is a TCG_PCClientTaggedEvent of the PC Client Platform Firmware Profile.
 */

import { ByteReader, malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { u32le } from "../little-endian.ts";

/** One item. */
export interface SipaItem {
  readonly type: number;
  readonly data: Uint8Array;
}

/** Types that are read here, by the SDK's names without their prefix. */
export const sipaType = {
  trustBoundary: 0x40010001,
  elamAggregation: 0x40010002,
  loadedModules: 0x40010003,
  bootDebugging: 0x00040001,
  kernelDebug: 0x00050001,
  testSigning: 0x00050003,
  safeMode: 0x00050005,
  winPe: 0x00050006,
  hypervisorLaunch: 0x0005000a,
  hypervisorDebug: 0x0005000d,
  vsmLaunch: 0x00050012,
  flightSigning: 0x00050021,
  vsmRequired: 0x000a0001,
  iommuRequired: 0x000a0003,
  mandatoryEnforcement: 0x000a0006,
  hvciPolicy: 0x000a0007,
} as const;

/** SIPAEVENTTYPE_AGGREGATION, and the bits that say of which family a type is. */
const aggregation = 0x40000000;
const family = { mask: 0x000f0000, container: 0x00010000 } as const;

/** Aggregations in aggregations, and items of one event: a machine's longest has some 700. */
const limits = { depth: 8, items: 16_384 } as const;

/** All items of an event's data, containers before what they hold; undefined where the bytes are no container. */
export function readSipaItems(data: Uint8Array): readonly SipaItem[] | undefined {
  return ifWellFormed(() => {
    const items: SipaItem[] = [];
    collect(data, 0, items);
    const [container] = items;
    if (container?.data.length !== data.length - 8 || !isContainer(container.type)) {
      throw malformed("an event that is no container of windows' loaders");
    }
    return items;
  });
}

function isContainer(type: number): boolean {
  return (type & aggregation) !== 0 && (type & family.mask) === family.container;
}

function collect(data: Uint8Array, depth: number, items: SipaItem[]): void {
  const reader = new ByteReader(data);
  while (reader.remaining > 0) {
    const item = { type: u32le(reader), data: reader.bytes(u32le(reader)) };
    if (items.length === limits.items || depth > limits.depth) {
      throw malformed("too many items of windows' loaders");
    }
    items.push(item);
    if (isContainer(item.type)) {
      collect(item.data, depth + 1, items);
    }
  }
}
