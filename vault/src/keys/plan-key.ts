// SPDX-License-Identifier: Apache-2.0
/** What a body of Key Vault's says about a key to be made or taken in. */

import { StrongroomError } from "@strongroom/core";
import type { Vault } from "../vaults/vault-record.ts";
import { operationsOf, wrapsSecurely } from "./key-operations.ts";
import { aesType, akpType, ecType, type KeyType, rsaType } from "./key-type.ts";
import type { KeyPlan } from "./prepare-key.ts";
import { releasePolicyOf, type WireReleasePolicy } from "./release-policy.ts";
import { requireExponent } from "./software/rsa-checks.ts";

/** Key Vault's `kty` without the suffix. */
export type KeyFamilyName = "EC" | "RSA" | "oct" | "AKP";

/** What the bodies of creating and importing share. */
export interface WireKey {
  readonly key_ops?: readonly string[] | null | undefined;
  readonly attributes?: { readonly exportable?: boolean | null | undefined } | null | undefined;
  readonly release_policy?: WireReleasePolicy | null | undefined;
}

/** What only creating says. */
export interface WireNewKey extends WireKey {
  readonly kty: string;
  readonly key_size?: number | null | undefined;
  readonly public_exponent?: number | null | undefined;
  readonly crv?: string | null | undefined;
  readonly alg?: string | null | undefined;
}

const hsmSuffix = "-HSM";

/** Splits `kty`. */
export function splitKty(kty: string) {
  const inHsm = kty.endsWith(hsmSuffix);
  const family = (inHsm ? kty.slice(0, -hsmSuffix.length) : kty) as KeyFamilyName;
  return { family, protection: inHsm ? ("hsm" as const) : ("software" as const) };
}

/** The plan of a key to be made. @throws {StrongroomError} `BadParameter` */
export function planNewKey(vault: Vault, name: string, wire: WireNewKey): KeyPlan {
  const { family, protection } = splitKty(wire.kty);
  return planKey({ vault, name, type: typeOf(family, wire), protection }, wire);
}

/**
 * The public exponent that a body asks for. Java's client says 0 where its user asks for none.
 *
 * @throws {StrongroomError} `BadParameter` where it is none, or the key is no RSA key.
 */
export function exponentOf({ kty, public_exponent: exponent }: WireNewKey): number | undefined {
  if (exponent === null || exponent === undefined || exponent === 0) {
    return undefined;
  }
  if (splitKty(kty).family !== "RSA") {
    throw new StrongroomError("BadParameter", "public_exponent is for RSA keys");
  }
  requireExponent(BigInt(exponent));
  return exponent;
}

/** The plan of a key whose type is known. @throws {StrongroomError} `BadParameter` */
export function planKey(
  base: Pick<KeyPlan, "vault" | "name" | "type" | "protection">,
  wire: WireKey,
): KeyPlan {
  const exportable = wire.attributes?.exportable ?? false;
  const operations = operationsOf({ ...base, exportable }, wire.key_ops);
  const releases = exportable || wrapsSecurely(operations);
  return {
    ...{ ...base, exportable, operations },
    releasePolicy: releasePolicyOf(releases, wire.release_policy),
  };
}

function typeOf(family: KeyFamilyName, wire: WireNewKey): KeyType {
  switch (family) {
    case "EC":
      return ecType(wire.crv ?? "P-256");
    case "RSA":
      return rsaType(wire.key_size ?? 2048);
    case "oct":
      return aesType(wire.key_size ?? 256);
    case "AKP":
      return akpType(wire.alg ?? "");
  }
}
