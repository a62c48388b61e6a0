// SPDX-License-Identifier: Apache-2.0
/** The answer to GetSecret as text: all of a version but its value is spelt once, as long as nothing of it changes. */

import type { FoundSecret } from "../../secrets/read-secret.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { secretItem } from "./secret-wire.ts";

/** What the members are made of. Each of these is another object, or text, once anything of it is another. */
interface Spelt {
  readonly origin: string;
  readonly vault: Vault;
  readonly object: FoundSecret["object"];
  readonly text: string;
}

// By the content of the version's record, which is remembered with its row, in bounded memory.
const spelt = new WeakMap<FoundSecret["version"], Spelt>();

/** The bundle of a version with its value, in JSON. */
export function spellSecret(
  origin: string,
  vault: Vault,
  found: FoundSecret,
  value: string,
): string {
  return `{"value":${JSON.stringify(value)},${membersOf(origin, vault, found)}`;
}

function membersOf(origin: string, vault: Vault, found: FoundSecret): string {
  const { object, version } = found;
  const known = spelt.get(version);
  if (known?.origin === origin && known.vault === vault && known.object === object) {
    return known.text;
  }
  const text = JSON.stringify(secretItem(origin, vault, found)).slice(1);
  spelt.set(version, { origin, vault, object, text });
  return text;
}
