// SPDX-License-Identifier: Apache-2.0
/** Key Vault asks for a release policy with the first version of an exportable key: later ones have that of the version before them, unless they bring another. */

import type { RecordReader } from "../ledger/ledger.ts";
import { isActive, readObject, readVersion } from "../objects/read-object.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { keyKind } from "./key-kind.ts";
import type { WireKey } from "./plan-key.ts";

/** The body of a new version, with the policy that it has. */
export async function inheritPolicy<Wire extends WireKey>(
  reader: RecordReader,
  { vault, name }: { readonly vault: Vault; readonly name: string },
  wire: Wire,
): Promise<Wire> {
  const object = await readObject(reader, vault, keyKind, name);
  if (wire.attributes?.exportable !== true || wire.release_policy || !isActive(object)) {
    return wire;
  }
  const before = await readVersion(reader, vault, keyKind, { object });
  return before?.version.exportable === true
    ? { ...wire, release_policy: before.version.releasePolicy }
    : wire;
}
