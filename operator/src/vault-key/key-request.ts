// SPDX-License-Identifier: Apache-2.0
/** A VaultKey in Key Vault's own JSON: CreateKey's body and a key rotation policy. Pure. */

import type { PutKeyRequest, VaultKeySpec } from "@strongroom/api";
import { toBase64url, utf8 } from "@strongroom/core";
import { toAttributes } from "../desired-attributes.ts";

type KeyRequest = Pick<PutKeyRequest, "key" | "rotationPolicy">;

/** The bodies. */
export function toKeyRequest(spec: VaultKeySpec): KeyRequest {
  const { kty, curve, keySize, algorithm, keyOps, exportable, tags } = spec;
  const key = {
    kty,
    ...(curve !== undefined && { crv: curve }),
    ...(keySize !== undefined && { key_size: keySize }),
    ...(algorithm !== undefined && { alg: algorithm }),
    ...(keyOps !== undefined && { key_ops: keyOps }),
    attributes: { ...toAttributes(spec.attributes ?? { enabled: true }), exportable },
    ...(tags !== undefined && { tags }),
    ...(spec.releasePolicy !== undefined && { release_policy: toRelease(spec.releasePolicy) }),
  };
  return {
    key,
    ...(spec.rotationPolicy !== undefined && { rotationPolicy: toRotation(spec.rotationPolicy) }),
  };
}

function toRelease({ policy, immutable }: NonNullable<VaultKeySpec["releasePolicy"]>) {
  return {
    contentType: "application/json; charset=utf-8",
    data: toBase64url(utf8(JSON.stringify(policy))),
    immutable,
  };
}

function toRotation({
  lifetimeActions,
  expiryTime,
}: NonNullable<VaultKeySpec["rotationPolicy"]>): NonNullable<KeyRequest["rotationPolicy"]> {
  return {
    lifetimeActions: lifetimeActions.map(({ trigger, action }) => ({
      trigger,
      action: { type: action },
    })),
    attributes: { ...(expiryTime !== undefined && { expiryTime }) },
  };
}
