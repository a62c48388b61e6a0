// SPDX-License-Identifier: Apache-2.0
/** Keys as their routes show them. */

import type { KeyAccess } from "../../keys/key-access.ts";
import { type KeyMembers, keyKind } from "../../keys/key-kind.ts";
import { type ObjectFace, ordinaryLifecycle } from "../objects/object-face.ts";
import { keyBundle, keyItem, keyVersionItem } from "./key-wire.ts";

const prefix = "Microsoft.KeyVault/vaults/keys";

/** The face; what was opened of a key is forgotten when it is deleted. */
export function createKeyFace(access: KeyAccess): ObjectFace<KeyMembers> {
  const lifecycle = ordinaryLifecycle(keyKind);
  return {
    type: keyKind,
    actions: {
      list: `${prefix}/read`,
      delete: `${prefix}/delete`,
      recover: `${prefix}/recover/action`,
      purge: `${prefix}/purge/action`,
      backup: `${prefix}/backup/action`,
      restore: `${prefix}/restore/action`,
    },
    bundle: keyBundle,
    versionItem: keyVersionItem,
    item: keyItem,
    ...lifecycle,
    remove: async (tx, act) => {
      access.forget(act.vault, act.name);
      return await lifecycle.remove(tx, act);
    },
  };
}
