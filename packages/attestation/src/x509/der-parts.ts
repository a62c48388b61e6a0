// SPDX-License-Identifier: Apache-2.0
/** Takes a DER structure apart by what it has to consist of, so that nothing in it is passed over. ITU-T X.690. */

import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { type DerValue, derValues } from "./der.ts";

/** Identifiers of values. */
export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  explicit0: 0xa0,
  explicit1: 0xa1,
  explicit2: 0xa2,
} as const;

type Parts<Required extends readonly number[], Optional extends readonly number[]> = [
  ...{ [Index in keyof Required]: DerValue },
  ...{ [Index in keyof Optional]: DerValue | undefined },
];

/**
 * What stands in `value`: the required parts by their identifiers in order, then each optional one that is there.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if one is missing, or there is anything else.
 */
export function derParts<
  const Required extends readonly number[],
  const Optional extends readonly number[] = readonly [],
>(
  value: Pick<DerValue, "content">,
  required: Required,
  optional?: Optional,
): Parts<Required, Optional> {
  const left = [...derValues(value.content)];
  const take = (identifier: number) =>
    left[0]?.identifier === identifier ? left.shift() : undefined;
  const found = required.map(take);
  const more = (optional ?? []).map(take);
  if (left.length > 0 || found.includes(undefined)) {
    throw malformed("a structure has other parts than it should have");
  }
  return [...found, ...more] as Parts<Required, Optional>;
}

/**
 * Extensions by the content of their identifiers, hexadecimal: the DER of each one's value.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if one is there twice, or critical and not of those that are `understood`.
 */
export function derExtensions(
  explicit: DerValue | undefined,
  understood: readonly string[],
): ReadonlyMap<string, Uint8Array> {
  const [list] = explicit === undefined ? [] : derParts(explicit, [tag.sequence]);
  return derExtensionList(list, understood);
}

/** The same of a list that stands by itself. */
export function derExtensionList(
  list: DerValue | undefined,
  understood: readonly string[],
): ReadonlyMap<string, Uint8Array> {
  const extensions = new Map<string, Uint8Array>();
  for (const extension of list === undefined ? [] : derValues(list.content)) {
    const isStated = derValues(extension.content)[1]?.identifier === tag.boolean;
    const [id, ...rest] = isStated
      ? derParts(extension, [tag.oid, tag.boolean, tag.octets])
      : derParts(extension, [tag.oid, tag.octets]);
    const oid = toHex(id.content);
    // DER leaves the default out: what is stated is critical.
    if (extensions.has(oid) || (isStated && !understood.includes(oid))) {
      throw malformed("an extension is there twice, or a critical extension is not understood");
    }
    extensions.set(oid, rest.at(-1)?.content ?? new Uint8Array());
  }
  return extensions;
}
