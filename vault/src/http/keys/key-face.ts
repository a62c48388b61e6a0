// SPDX-License-Identifier: Apache-2.0
/** Keys as their routes show them. */

import type { KeyAccess } from "../../keys/key-access.ts";
import { type KeyMembers, keyKind } from "../../keys/key-kind.ts";
import { faceActions, type ObjectFace, ordinaryLifecycle } from "../objects/object-face.ts";
import { keyBundle, keyItem, keyVersionItem } from "./key-wire.ts";

/** The face; what was opened of a key is forgotten when it is deleted. */
export function createKeyFace(access: KeyAccess): ObjectFace<KeyMembers> {
  const lifecycle = ordinaryLifecycle(keyKind);
  return {
    type: keyKind,
    actions: { ...faceActions("keys"), list: "Microsoft.KeyVault/vaults/keys/read" },
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
