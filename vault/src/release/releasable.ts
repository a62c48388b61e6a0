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
import {
  type CertificateMembers,
  certificateType,
  isPending,
} from "../certificates/certificate-type.ts";
import { type FoundKey, keyKind } from "../keys/key-kind.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { type FoundVersion, findVersion, requireEnabled } from "../objects/read-object.ts";
import { unite } from "../objects/selector.ts";
import { type FoundSecret, findSecret } from "../secrets/read-secret.ts";
import { secretType } from "../secrets/secret-type.ts";
import type { Vault } from "../vaults/vault-record.ts";

/** An object's version that may be released if the policies allow. */
export type FoundObject =
  | { readonly kind: "secrets"; readonly found: FoundSecret }
  | { readonly kind: "keys"; readonly found: FoundKey }
  | {
      readonly kind: "certificates";
      readonly found: FoundVersion<CertificateMembers>;
      /** The secret behind it, with certificate and key. */
      readonly secret: FoundSecret;
    };

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
  readonly noun: ObjectType["noun"];
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
    noun: secretType.noun,
    needs: (name) => [{ action: `${prefix}/secrets/getSecret/action`, object: `secrets/${name}` }],
    find: async (reader, vault, { name, version }) => ({
      kind: "secrets",
      found: await findSecret(reader, vault, name, version),
    }),
  },
  keys: {
    noun: keyKind.noun,
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
  certificates: {
    noun: certificateType.noun,
    needs: (name) => [
      { action: `${prefix}/certificates/read`, object: `certificates/${name}` },
      { action: `${prefix}/secrets/getSecret/action`, object: `secrets/${name}` },
    ],
    find: async (reader, vault, item) => {
      const found = await findVersion(reader, vault, certificateType, item);
      requireEnabled(certificateType, "release", found);
      if (isPending(found.version)) {
        throw new Refusal(
          "OperationNotPermitted",
          "operation release is not allowed on a certificate that is pending",
        );
      }
      const secret = await findSecret(reader, vault, item.name, found.version.version);
      return { kind: "certificates", found, secret };
    },
  },
};

/** Names of the policies that govern it, under any of its faces. */
export function governedBy(object: FoundObject): readonly string[] {
  const { governed } = object.found.object;
  return object.kind === "certificates" ? unite(governed, object.secret.object.governed) : governed;
}

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
