// SPDX-License-Identifier: Apache-2.0
/** Published quotes and endorsements: hexadecimal made bytes, and one file for all names that it has. */

import { describe } from "@jest/globals";
import { fromHex } from "@strongroom/core";
import { openVectors } from "./vectors.ts";

/** Reads them. */
export function openDcapVectors(folder: string | undefined) {
  const vectors = openVectors(folder);
  /** A JSON file of theirs; the least that tables need where there are none. */
  const json = (path: string) => JSON.parse(vectors?.text(path) ?? '{"dcap":{}}');
  const manifest: readonly { readonly file: string; readonly dupOf?: string }[] =
    vectors === undefined ? [] : json("MANIFEST.json");
  /** Files that are there once for several names. */
  const copies = new Map(manifest.map(({ file, dupOf }) => [file, dupOf]));
  const bytes = (path: string): Uint8Array => {
    const raw = vectors?.bytes(copies.get(path) || path) ?? new Uint8Array();
    const text = () => Buffer.from(raw).toString().trim().replace(/^0x/, "");
    return /hex(?:\.txt)?$/.test(path) ? fromHex(text()) : raw;
  };
  const withVectors = vectors === undefined ? describe.skip : describe;
  return { bytes, json, withVectors };
}
