// SPDX-License-Identifier: Apache-2.0
/** AMD's products as its key distribution service names them. VCEK Certificate and KDS Interface Specification, 57230. */

/** A line of processors that shares one root. Bergamo and Siena are `Genoa` to AMD. */
export type AmdProduct = "Milan" | "Genoa" | "Turin";

/** Combined CPUID family and model, as reports since version 3 have them. */
export interface CpuModel {
  readonly family: number;
  readonly model: number;
  readonly stepping: number;
}

const models: readonly (readonly [AmdProduct, number, number, number])[] = [
  ["Milan", 0x19, 0x00, 0x0f],
  ["Genoa", 0x19, 0x10, 0x1f],
  ["Genoa", 0x19, 0xa0, 0xaf],
  ["Turin", 0x1a, 0x00, 0x1f],
];

const names = new Map<string, AmdProduct>([
  ["Milan", "Milan"],
  ["Genoa", "Genoa"],
  ["Bergamo", "Genoa"],
  ["Siena", "Genoa"],
  ["Turin", "Turin"],
]);

/** The product of a processor, or undefined where none is known by this family and model. */
export function productOfCpu({ family, model }: CpuModel): AmdProduct | undefined {
  const found = models.find(
    ([, itsFamily, first, last]) => family === itsFamily && first <= model && model <= last,
  );
  return found?.[0];
}

/** The product that a certificate names, with or without a stepping (`Milan-B0`); undefined where unknown. */
export function productOfName(name: string): AmdProduct | undefined {
  const [product = ""] = name.split("-");
  return names.get(product);
}
