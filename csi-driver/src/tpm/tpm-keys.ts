// SPDX-License-Identifier: Apache-2.0
/** The two keys in use: the attestation key and the endorsement key. TPM 2.0 Part 3, sections 12.4 and 24.1. */

import { type KeyObject, X509Certificate } from "node:crypto";
import {
  ifWellFormed,
  parseTpmPublic,
  toEndorsementKey,
  tpm2b,
  tpmPublicKey,
} from "@strongroom/attestation";
import { concatBytes, isSamePublicKey, StrongroomError, u32be } from "@strongroom/core";
import { endorsementTemplates } from "./endorsement-templates.ts";
import { execute, executeForHandle, passwordSession } from "./execute.ts";
import { attestationKeyTemplate } from "./key-templates.ts";
import { flushContext, listHandles, tpmHandle } from "./tpm-handles.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = { createPrimary: 0x131, readPublic: 0x173 } as const;

/** Where makers keep endorsement keys, whichever of them: TCG Registry of Reserved TPM 2.0 Handles, section 2.3.1. */
const endorsementHandles = { first: 0x81010000, last: 0x8101ffff } as const;

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
 * The endorsement key that a certificate is for: the stored one, or the one that a template makes.
 *
 * @throws {StrongroomError} `TpmFailed` if none is.
 */
export async function openEndorsementKey(
  channel: TpmChannel,
  certificate: Uint8Array,
): Promise<TpmKey> {
  const { publicKey } = new X509Certificate(certificate);
  const stored = await listHandles(channel, endorsementHandles.first);
  for (const handle of stored.filter((one) => one <= endorsementHandles.last)) {
    const key = await readPublic(channel, handle);
    if (isKey(key, publicKey)) {
      return key;
    }
  }
  for (const template of endorsementTemplates(toEndorsementKey(publicKey).parameters)) {
    const made = await createPrimary(channel, template);
    if (isKey(made, publicKey)) {
      return made;
    }
    await flushContext(channel, made.handle);
  }
  throw new StrongroomError("TpmFailed", "the endorsement certificate is for another key");
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

/** Keys of other kinds than are read may be stored beside it. */
function isKey({ publicArea }: TpmKey, key: KeyObject): boolean {
  const found = ifWellFormed(() => tpmPublicKey(parseTpmPublic(publicArea)));
  return found !== undefined && isSamePublicKey(found, key);
}
