// SPDX-License-Identifier: Apache-2.0
/** The two keys in use: the attestation key and the endorsement key. TPM 2.0 Part 3, sections 12.4 and 24.1. */

import { X509Certificate } from "node:crypto";
import { parseTpmPublic, tpm2b, tpmPublicKey } from "@strongroom/attestation";
import { concatBytes, StrongroomError, u32be } from "@strongroom/core";
import { execute, executeForHandle, passwordSession } from "./execute.ts";
import { attestationKeyTemplate, endorsementKeyTemplate } from "./key-templates.ts";
import { hasHandle, tpmHandle } from "./tpm-handles.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = { createPrimary: 0x131, readPublic: 0x173 } as const;

/** Where manufacturers keep the RSA-2048 endorsement key: TCG PC Client Provisioning Guidance, section 7.8. */
const endorsementHandle = 0x81010001;

/** A loaded or persistent key; `publicArea` is its TPMT_PUBLIC. */
export interface TpmKey {
  readonly handle: number;
  readonly publicArea: Uint8Array;
}

/** Loads the attestation key. */
export function createAttestationKey(channel: TpmChannel): Promise<TpmKey> {
  return createPrimary(channel, attestationKeyTemplate);
}

/**
 * The endorsement key that a certificate is for: the stored one, or the one that the default template makes.
 *
 * @throws {StrongroomError} `TpmFailed` if neither is.
 */
export async function openEndorsementKey(
  channel: TpmChannel,
  certificate: Uint8Array,
): Promise<TpmKey> {
  if (await hasHandle(channel, endorsementHandle)) {
    const stored = await readPublic(channel, endorsementHandle);
    if (isCertified(stored, certificate)) {
      return stored;
    }
  }
  const made = await createPrimary(channel, endorsementKeyTemplate);
  if (!isCertified(made, certificate)) {
    throw new StrongroomError("TpmFailed", "the endorsement certificate is for another key");
  }
  return made;
}

async function createPrimary(channel: TpmChannel, template: Uint8Array): Promise<TpmKey> {
  const noSensitive = tpm2b(concatBytes(tpm2b(new Uint8Array()), tpm2b(new Uint8Array())));
  const noOutsideInfo = tpm2b(new Uint8Array());
  const noPcrs = u32be(0);
  const { handle, parameters } = await executeForHandle(channel, {
    code: code.createPrimary,
    handles: [tpmHandle.endorsement],
    sessions: [passwordSession],
    parameters: concatBytes(noSensitive, tpm2b(template), noOutsideInfo, noPcrs),
  });
  return { handle, publicArea: parameters.sized16() };
}

/** A key that is stored or loaded already. @throws {StrongroomError} `TpmFailed` if there is none. */
export async function readPublic(channel: TpmChannel, handle: number): Promise<TpmKey> {
  const reader = await execute(channel, { code: code.readPublic, handles: [handle] });
  return { handle, publicArea: reader.sized16() };
}

function isCertified({ publicArea }: TpmKey, certificate: Uint8Array): boolean {
  const { publicKey } = new X509Certificate(certificate);
  return tpmPublicKey(parseTpmPublic(publicArea)).equals(publicKey);
}
