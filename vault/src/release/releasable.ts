// SPDX-License-Identifier: Apache-2.0
/** What can be released: which rights each kind of object asks for, how one is found, and its own policy. */

import { type WrappedKey, wrappedKeyDigest } from "@strongroom/api";
import {
  type DataAction,
  fromBase64url,
  fromUtf8,
  parseJson,
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
import { secureWrapFor } from "../keys/algorithms.ts";
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
  | { readonly kind: "keys"; readonly found: FoundKey; readonly unwrap?: WrappedKey }
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
  /** A data key that the key is to unwrap: that leaves then, and the key does not. */
  readonly unwrap?: WrappedKey | undefined;
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
export interface Releasable {
  readonly operationName: `${ObjectType["noun"]}Release` | "KeySecureUnwrap";
  readonly needs: (name: string) => readonly NeededRight[];
  readonly find: (
    reader: RecordReader,
    vault: Vault,
    item: Omit<AskedObject, "kind">,
  ) => Promise<FoundObject>;
}

const prefix = "Microsoft.KeyVault/vaults";

/** Azure's `secureunwrapkey`: what leaves is a data key, by the key's policies. */
export const unwrapping: Releasable = {
  operationName: "KeySecureUnwrap",
  needs: (name) => [{ action: `${prefix}/keys/secureUnwrap/action`, object: `keys/${name}` }],
  find: async (reader, vault, { unwrap, ...item }) => {
    const found = await findVersion(reader, vault, keyKind, item);
    requireEnabled(keyKind, "secureUnwrapKey", found);
    if (!found.version.operations.includes("secureUnwrapKey")) {
      throw new Refusal(
        "OperationNotPermitted",
        "operation secureUnwrapKey is not allowed on this key: its key_ops do not name it",
      );
    }
    secureWrapFor(found.version.type, unwrap?.alg ?? "");
    return { kind: "keys", found, ...(unwrap && { unwrap }) };
  },
};

/** Every kind that is released. */
const releasables: Readonly<Record<FoundObject["kind"], Releasable>> = {
  secrets: {
    operationName: `${secretType.noun}Release`,
    needs: (name) => [{ action: `${prefix}/secrets/getSecret/action`, object: `secrets/${name}` }],
    find: async (reader, vault, { name, version }) => ({
      kind: "secrets",
      found: await findSecret(reader, vault, name, version),
    }),
  },
  keys: {
    operationName: `${keyKind.noun}Release`,
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
    operationName: `${certificateType.noun}Release`,
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

/** How what is asked for is released. */
export function releasableOf({ kind, unwrap }: Omit<AskedObject, "name">): Releasable {
  return unwrap === undefined ? releasables[kind] : unwrapping;
}

/** What a record or statement says besides of a data key. */
export function unwrappedOf({ unwrap }: Pick<AskedObject, "unwrap">): {
  readonly unwrapped?: string;
} {
  return unwrap === undefined ? {} : { unwrapped: wrappedKeyDigest(unwrap) };
}

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
  const parsed = releasePolicySchema.safeParse(parseJson(fromUtf8(json)));
  if (!parsed.success) {
    throw new Refusal("PolicyDenied", "the key's release policy is not understood");
  }
  return { policy: parsed.data, digest: toHex(sha256(json)) };
}
