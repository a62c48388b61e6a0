// SPDX-License-Identifier: Apache-2.0
/** What the installation states about a key in its HSM, signed by the release key, whose root clients may pin. */

import { StrongroomError, sha256, toBase64url, utf8 } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import type { CertifiedKey } from "../installation/installation-keys.ts";
import { signJws } from "../installation/jws.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { FoundKey } from "./key-kind.ts";

/** What stating works with. */
export interface KeyAttestationDeps {
  readonly hsm: Pick<HsmClient, "status">;
  readonly releaseKey: () => Promise<CertifiedKey>;
  readonly releaseRoot: { readonly toString: () => string };
  readonly issuer: string;
}

/** Version of the statement's members. */
const statementVersion = "1.0";

/**
 * `attestation` of a key's attributes, as Managed HSM has it.
 *
 * It is a statement of this installation and not of the HSM's maker: a PKCS #11 token states nothing about its keys.
 *
 * @throws {StrongroomError} `BadParameter` for a software key.
 */
export async function attestKey(
  deps: KeyAttestationDeps,
  vault: Vault,
  { kid, found, at }: { readonly kid: string; readonly found: FoundKey; readonly at: Date },
) {
  if (found.version.protection !== "hsm") {
    throw new StrongroomError("BadParameter", "only keys in the HSM are attested");
  }
  const signer = await deps.releaseKey();
  const chain = [signer.certificate, deps.releaseRoot].map(String).join("");
  const header = { typ: "strongroom-key-attestation+jws", x5c: [x5cOf(signer)] };
  const payload = await statement(deps, vault, { kid, found, at });
  const jws = toBase64url(utf8(await signJws(header, payload, signer.sign)));
  return {
    certificatePemFile: toBase64url(utf8(chain)),
    privateKeyAttestation: jws,
    ...(found.version.publicKey === undefined ? {} : { publicKeyAttestation: jws }),
    version: statementVersion,
  };
}

async function statement(
  { hsm, issuer }: KeyAttestationDeps,
  vault: Vault,
  { kid, found, at }: { readonly kid: string; readonly found: FoundKey; readonly at: Date },
) {
  const { token, enforcedBy } = await hsm.status();
  const { type, exportable, hsmOperations, publicKey } = found.version;
  const spki = Buffer.from(publicKey ?? "", "base64url");
  return {
    iss: issuer,
    iat: toSeconds(at),
    vault: vault.uid,
    kid,
    type,
    exportable,
    operations: hsmOperations ?? [],
    ...(publicKey === undefined ? {} : { publicKeyDigest: toBase64url(sha256(spki)) }),
    token,
    enforcedBy,
  };
}

function x5cOf({ certificate }: CertifiedKey): string {
  return certificate.raw.toString("base64");
}
