// SPDX-License-Identifier: Apache-2.0
/** What can be released: which rights each kind of object asks for, how one is found, and its own policy. */

import {
  type DataAction,
  fromBase64url,
  fromUtf8,
  type ReleasePolicy,
  releasePolicySchema,
  sha256,
  toHex,
} from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import { type FoundKey, keyKind } from "../keys/key-kind.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import { findVersion, requireEnabled } from "../objects/read-object.ts";
import { type FoundSecret, findSecret } from "../secrets/read-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";

/** An object's version that may be released if the policies allow. */
export type FoundObject =
  | { readonly kind: "secrets"; readonly found: FoundSecret }
  | { readonly kind: "keys"; readonly found: FoundKey };

/** An object as it is asked for; without a version, the current one. */
export interface AskedObject {
  readonly kind: FoundObject["kind"];
  readonly name: string;
  readonly version?: string | undefined;
}

/** A right that a release needs. */
export interface NeededRight {
  readonly action: DataAction;
  readonly object: string;
}

/** An object's own policy. */
export interface OwnPolicy {
  readonly policy: ReleasePolicy;
  readonly digest: string;
}

/** How one kind is released. */
interface Releasable {
  readonly noun: "Secret" | "Key";
  readonly needs: (name: string) => readonly NeededRight[];
  readonly find: (
    reader: RecordReader,
    vault: Vault,
    item: Pick<AskedObject, "name" | "version">,
  ) => Promise<FoundObject>;
}

const prefix = "Microsoft.KeyVault/vaults";

/** Every kind that is released. */
export const releasables: Readonly<Record<FoundObject["kind"], Releasable>> = {
  secrets: {
    noun: "Secret",
    needs: (name) => [{ action: `${prefix}/secrets/getSecret/action`, object: `secrets/${name}` }],
    find: async (reader, vault, { name, version }) => ({
      kind: "secrets",
      found: await findSecret(reader, vault, name, version),
    }),
  },
  keys: {
    noun: "Key",
    needs: (name) => [{ action: `${prefix}/keys/release/action`, object: `keys/${name}` }],
    find: async (reader, vault, item) => {
      const found = await findVersion(reader, vault, keyKind, item);
      requireEnabled(keyKind, "release", found);
      if (!found.version.exportable || found.version.releasePolicy === undefined) {
        throw new Refusal(
          "OperationNotPermitted",
          "operation release is not allowed on a key that is not exportable",
        );
      }
      return { kind: "keys", found };
    },
  },
};

/** The policy of the object itself: a key's `release_policy`. @throws {Refusal} `PolicyDenied` if it is none that is understood. */
export function ownPolicyOf({ kind, found }: FoundObject): OwnPolicy | undefined {
  if (kind !== "keys" || found.version.releasePolicy === undefined) {
    return undefined;
  }
  const json = fromBase64url(found.version.releasePolicy.data);
  const parsed = releasePolicySchema.safeParse(JSON.parse(fromUtf8(json)));
  if (!parsed.success) {
    throw new Refusal("PolicyDenied", "the key's release policy is not understood");
  }
  return { policy: parsed.data, digest: toHex(sha256(json)) };
}
