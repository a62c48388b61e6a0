// SPDX-License-Identifier: Apache-2.0
/**
 * Parses the volume attributes that say which files there are, items separated by commas: `secrets`, names each with a version
 * or without, and `dataKeys`, wrapped keys as FILE=KEY[/VERSION]:ALG:VALUE.
 */

import { wrappedKeySchema } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { volumeItems } from "../limits.ts";
import type { ObjectItem, VolumeItem } from "./publish-request.ts";

type Attribute = "secrets" | "dataKeys";

// Names of Key Vault's objects; file names are such names, so nothing else may pass.
const objectPattern = /^([0-9a-zA-Z-]{1,127})(?:\/([0-9a-fA-F]{32}))?$/;
const dataKeyPattern = /^([0-9a-zA-Z-]{1,127})=([^:]+):([^:]+):([^:]+)$/;

/** @throws {StrongroomError} `BadParameter` that says which item is wrong and why. */
export function parseItems(
  attributes: {
    readonly [name in Attribute]?: string | undefined;
  },
): readonly VolumeItem[] {
  const { secrets, dataKeys } = attributes;
  const items = [...parseAll(secrets, parseSecret), ...parseAll(dataKeys, parseDataKey)];
  const attribute: Attribute = secrets === undefined ? "dataKeys" : "secrets";
  if (items.length === 0) {
    throw wrong(attribute, "nothing is named, neither here nor in another attribute");
  }
  if (items.length > volumeItems) {
    throw wrong(attribute, `names ${items.length} files, at most ${volumeItems} are possible`);
  }
  requireDistinct(items);
  return items;
}

function parseAll(
  text: string | undefined,
  parse: (item: string) => VolumeItem,
): readonly VolumeItem[] {
  return text === undefined ? [] : text.split(",").map((item) => parse(item.trim()));
}

function parseSecret(text: string): VolumeItem {
  const object = parseObject(text);
  if (object === undefined) {
    const form = "NAME or NAME/VERSION with letters, digits and dashes";
    throw wrong("secrets", `${quote(text)} is not ${form}`);
  }
  return { kind: "secret", ...object };
}

function parseDataKey(text: string): VolumeItem {
  const [, name, object = "", alg, value] = dataKeyPattern.exec(text) ?? [];
  const key = parseObject(object);
  const wrapped = wrappedKeySchema.safeParse({ alg, value });
  if (name === undefined || key === undefined || !wrapped.success) {
    throw wrong("dataKeys", `${quote(text)} is not FILE=KEY[/VERSION]:ALG:VALUE`);
  }
  return { kind: "dataKey", name, key, wrapped: wrapped.data };
}

function parseObject(text: string): ObjectItem | undefined {
  const [, name, version] = objectPattern.exec(text) ?? [];
  if (name === undefined) {
    return undefined;
  }
  return version === undefined ? { name } : { name, version: version.toLowerCase() };
}

function requireDistinct(items: readonly VolumeItem[]): void {
  const seen = new Set<string>();
  for (const { kind, name } of items) {
    // Key Vault's names do not differ by case, and two files of one secret would be two truths.
    if (seen.has(name.toLowerCase())) {
      throw wrong(kind === "secret" ? "secrets" : "dataKeys", `names ${quote(name)} twice`);
    }
    seen.add(name.toLowerCase());
  }
}

function wrong(attribute: Attribute, reason: string): StrongroomError {
  return new StrongroomError("BadParameter", `volume attribute "${attribute}": ${reason}`);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
