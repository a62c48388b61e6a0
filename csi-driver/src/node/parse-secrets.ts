// SPDX-License-Identifier: Apache-2.0
/** Parses the volume attribute `secrets`: names, each with a version or without, separated by commas. */

import { StrongroomError } from "@strongroom/core";
import { volumeItems } from "../limits.ts";
import type { SecretItem } from "./publish-request.ts";

// A name of Key Vault's objects; it becomes a file name, so nothing else may pass.
const itemPattern = /^([0-9a-zA-Z-]{1,127})(?:\/([0-9a-fA-F]{32}))?$/;

/** @throws {StrongroomError} `BadParameter` that says which item is wrong and why. */
export function parseSecrets(text: string): readonly SecretItem[] {
  const items = text.split(",").map((item) => parseItem(item.trim()));
  if (items.length > volumeItems) {
    throw wrong(`names ${items.length} secrets, at most ${volumeItems} are possible`);
  }
  const seen = new Set<string>();
  for (const { name } of items) {
    // Key Vault's names do not differ by case, and two files of one secret would be two truths.
    if (seen.has(name.toLowerCase())) {
      throw wrong(`names ${quote(name)} twice`);
    }
    seen.add(name.toLowerCase());
  }
  return items;
}

function parseItem(text: string): SecretItem {
  const [, name, version] = itemPattern.exec(text) ?? [];
  if (name === undefined) {
    throw wrong(`${quote(text)} is not NAME or NAME/VERSION with letters, digits and dashes`);
  }
  return version === undefined ? { name } : { name, version: version.toLowerCase() };
}

function wrong(reason: string): StrongroomError {
  return new StrongroomError("BadParameter", `volume attribute "secrets": ${reason}`);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
