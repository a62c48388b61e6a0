// SPDX-License-Identifier: Apache-2.0
/** The keys of certificates, made and kept like all other keys; the certificate alone changes them. */

import type { KeyObject } from "node:crypto";
import { SecretBytes, StrongroomError } from "@strongroom/core";
import { placeOf } from "../keys/key-access.ts";
import { type FoundKey, keyKind } from "../keys/key-kind.ts";
import { ecType, type KeyType, rsaType } from "../keys/key-type.ts";
import { generateKey, type KeyPlan, takeInKey } from "../keys/prepare-key.ts";
import { generateSoftwareKey } from "../keys/software/generate-key.ts";
import { importJwk, type PrivateJwk } from "../keys/software/import-jwk.ts";
import { type KeyMaterial, openPrivateKey } from "../keys/software/private-key.ts";
import { openMaterial, sealMaterial } from "../objects/material.ts";
import { findVersion } from "../objects/read-object.ts";
import { spkiOf } from "../x509/public-key.ts";
import type { CertificateKeyDeps } from "./certificate-key-deps.ts";
import type { CertificateKeys, KeyVersion, OpenedKey, PreparedKey } from "./certificate-keys.ts";
import { type CertificatePolicy, isEcPolicy, isHsmPolicy } from "./certificate-policy.ts";
import { operationsOf } from "./key-operations.ts";
import { hsmSigner, softwareKey } from "./opened-key.ts";
import { preparedKey } from "./prepared-key.ts";

/** The keys. */
export function createCertificateKeys(deps: CertificateKeyDeps): CertificateKeys {
  return {
    make: (key, policy) => make(deps, key, policy),
    take: async (key, given, policy) => {
      const made = await importJwk(jwkOf(given));
      using _ = made.material;
      return await takeIn(deps, key, policy, made);
    },
    again: (key, older, policy) => again(deps, key, policy, older),
    open: (key, policy) => open(deps, key, policy),
  };
}

async function make(
  deps: CertificateKeyDeps,
  key: KeyVersion,
  policy: CertificatePolicy,
): Promise<PreparedKey> {
  const plan = planOf(key, policy);
  if (plan.protection === "software") {
    const made = await generateSoftwareKey(plan.type);
    using _ = made.material;
    return await takeIn(deps, key, policy, made);
  }
  const prepared = await generateKey(deps, plan, undefined);
  return await preparedKey(deps, key, policy, prepared);
}

async function takeIn(
  deps: CertificateKeyDeps,
  key: KeyVersion,
  policy: CertificatePolicy,
  made: KeyMaterial,
): Promise<PreparedKey> {
  const prepared = await takeInKey(deps, planOf(key, policy), made);
  return await preparedKey(deps, key, policy, prepared);
}

async function again(
  deps: CertificateKeyDeps,
  key: KeyVersion,
  policy: CertificatePolicy,
  older: string,
): Promise<PreparedKey | undefined> {
  const { vault, name, version } = key;
  const found = await findVersion(deps.ledger, vault, keyKind, { name, version: older });
  const plan = planOf(key, policy);
  const { type, protection } = found.version;
  if (type !== plan.type || protection !== plan.protection) {
    return undefined;
  }
  using material = await openMaterial(deps, vault, keyKind, found);
  if (protection === "software") {
    const opened = openPrivateKey(type, material.reveal());
    return await takeIn(deps, key, policy, { type, material, publicKey: spkiOf(opened) });
  }
  const places = [placeOf(vault, name, older), placeOf(vault, name, version)] as const;
  const blob = await deps.hsm.rebind(material.reveal(), ...places);
  const place = { kind: "keys", name, version } as const;
  return await preparedKey(deps, key, policy, {
    version,
    own: found.version,
    material: await sealMaterial(deps.derive(vault), vault, place, blob),
  });
}

async function open(
  deps: CertificateKeyDeps,
  { vault, name, version }: KeyVersion,
  policy: CertificatePolicy,
): Promise<OpenedKey> {
  const found: FoundKey = await findVersion(deps.ledger, vault, keyKind, { name, version });
  using material = await openMaterial(deps, vault, keyKind, found);
  return found.version.protection === "software"
    ? softwareKey(new SecretBytes(new Uint8Array(material.reveal())), found.version, policy)
    : hsmSigner(deps.hsm, found.version, {
        blob: new Uint8Array(material.reveal()),
        place: placeOf(vault, name, version),
      });
}

function planOf({ vault, name, version }: KeyVersion, policy: CertificatePolicy): KeyPlan {
  return {
    ...{ vault, name, version, type: typeOf(policy), releasePolicy: undefined },
    protection: isHsmPolicy(policy) ? "hsm" : "software",
    // The key signs its own request, whatever it is for afterwards.
    operations: [...new Set([...operationsOf(policy), "sign" as const])],
    // Leaving with its certificate is another thing than release.
    exportable: false,
  };
}

function typeOf(policy: CertificatePolicy): KeyType {
  const { crv, key_size } = policy.key_props;
  return isEcPolicy(policy) ? ecType(crv ?? "") : rsaType(key_size);
}

function jwkOf(key: KeyObject): PrivateJwk {
  const jwk = key.export({ format: "jwk" });
  if (jwk.kty !== "RSA" && jwk.kty !== "EC") {
    throw new StrongroomError("BadParameter", "keys of this type have no certificates here");
  }
  return { ...jwk, kty: jwk.kty, crv: jwk.crv === "secp256k1" ? "P-256K" : jwk.crv };
}
