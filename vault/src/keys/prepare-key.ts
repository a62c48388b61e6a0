// SPDX-License-Identifier: Apache-2.0
/** Making or taking in a key and sealing it for its version, before the transaction that writes it. */

import { type DeriveSubkey, SecretBytes, StrongroomError, toBase64url } from "@strongroom/core";
import type { GeneratedKey, HsmClient, KeySpec, WrappedImport } from "@strongroom/hsm/client";
import { newVersion, type SealedMaterial, sealMaterial } from "../objects/material.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { placeOf } from "./key-access.ts";
import type { KeyMembers, KeyReleasePolicy } from "./key-kind.ts";
import type { KeyOperation } from "./key-operations.ts";
import { type KeyType, keyShapes } from "./key-type.ts";
import { generateSoftwareKey } from "./software/generate-key.ts";
import type { KeyMaterial } from "./software/private-key.ts";

/** What making keys works with. */
export interface KeyMakerDeps {
  readonly hsm: Pick<HsmClient, "generateKey" | "importKey" | "importWrapped">;
  readonly derive: (vault: Vault) => DeriveSubkey;
}

/** What a key is to be, whatever it is made from. */
export interface KeyPlan {
  readonly vault: Vault;
  readonly name: string;
  /** Id of the version, where it is known before; a fresh one by default. */
  readonly version?: string;
  readonly type: KeyType;
  readonly protection: "software" | "hsm";
  readonly operations: readonly KeyOperation[];
  readonly exportable: boolean;
  readonly releasePolicy: KeyReleasePolicy | undefined;
}

/** A version that is sealed for its place and not yet written. */
export interface PreparedKey {
  readonly version: string;
  readonly material: SealedMaterial;
  readonly own: KeyMembers;
}

/** Makes a key. @throws {StrongroomError} `BadParameter` where the HSM has no such type. */
export async function generateKey(
  deps: KeyMakerDeps,
  plan: KeyPlan,
  publicExponent: number | undefined,
): Promise<PreparedKey> {
  if (plan.protection === "hsm") {
    requireDefaultExponent(publicExponent);
    return await inHsm(deps, plan, (spec) => deps.hsm.generateKey(spec));
  }
  const made = await generateSoftwareKey(plan.type, publicExponent);
  using _ = made.material;
  return await inSoftware(deps, plan, made);
}

/** Takes in a key whose material is known here; the caller wipes it. */
export async function takeInKey(
  deps: KeyMakerDeps,
  plan: KeyPlan,
  made: KeyMaterial,
): Promise<PreparedKey> {
  return plan.protection === "hsm"
    ? await inHsm(deps, plan, (spec) => deps.hsm.importKey(spec, made.material.reveal()))
    : await inSoftware(deps, plan, made);
}

/** Takes in a key that only the token can open: BYOK. */
export async function takeInWrappedKey(
  deps: KeyMakerDeps,
  plan: KeyPlan,
  wrapped: WrappedImport,
): Promise<PreparedKey> {
  return await inHsm(deps, plan, (spec) => deps.hsm.importWrapped(spec, wrapped));
}

async function inSoftware(
  deps: KeyMakerDeps,
  plan: KeyPlan,
  { material, publicKey }: KeyMaterial,
): Promise<PreparedKey> {
  const { vault, name, version = newVersion() } = plan;
  const place = { kind: "keys", name, version } as const;
  return {
    version,
    material: await sealMaterial(deps.derive(vault), vault, place, material.reveal()),
    own: membersOf(plan, publicKey),
  };
}

async function inHsm(
  deps: KeyMakerDeps,
  plan: KeyPlan,
  make: (spec: KeySpec) => Promise<GeneratedKey>,
): Promise<PreparedKey> {
  const { vault, name, version = newVersion() } = plan;
  const { blob, publicKey } = await make(specOf(plan, version));
  using sealed = new SecretBytes(blob);
  const place = { kind: "keys", name, version } as const;
  return {
    version,
    material: await sealMaterial(deps.derive(vault), vault, place, sealed.reveal()),
    own: { ...membersOf(plan, publicKey), hsmOperations: [...plan.operations] },
  };
}

function specOf(plan: KeyPlan, version: string): KeySpec {
  const { vault, name, type, operations, exportable } = plan;
  if (!isHsmType(type)) {
    throw new StrongroomError("BadParameter", "the HSM has no keys of this type");
  }
  return {
    ...placeOf(vault, name, version),
    type,
    operations: operations.filter((operation) => operation !== "export"),
    class: exportable ? "E" : "N",
  };
}

function membersOf(plan: KeyPlan, publicKey: Uint8Array): KeyMembers {
  const { type, protection, operations, exportable, releasePolicy } = plan;
  return {
    type,
    protection,
    operations: [...operations],
    exportable,
    ...(publicKey.length === 0 ? {} : { publicKey: toBase64url(publicKey) }),
    ...(releasePolicy === undefined ? {} : { releasePolicy }),
  };
}

function isHsmType(type: KeyType): type is KeySpec["type"] {
  return keyShapes[type].family !== "akp";
}

// The HSM's verbs make keys with F4 alone: every token does, and nobody needs another.
function requireDefaultExponent(publicExponent: number | undefined): void {
  if (publicExponent !== undefined && publicExponent !== 65_537) {
    throw new StrongroomError("BadParameter", "the HSM makes RSA keys with exponent 65537 alone");
  }
}
