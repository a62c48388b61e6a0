// SPDX-License-Identifier: Apache-2.0
/** Opens a credential: proof that both keys are in this TPM. TPM 2.0 Part 3, sections 11.1, 12.5 and 23.4. */

import { randomBytes } from "node:crypto";
import {
  objectAttribute,
  parseTpmPublic,
  tpm2b,
  tpmAlgorithm,
  u16be,
} from "@strongroom/attestation";
import { concatBytes, u32be } from "@strongroom/core";
import { execute, executeForHandle, passwordSession } from "./execute.ts";
import { tpmHandle } from "./tpm-handles.ts";
import type { TpmKey } from "./tpm-keys.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = { startAuthSession: 0x176, policySecret: 0x151, activateCredential: 0x147 } as const;

/** TPM_SE_POLICY. */
const policySession = 0x01;

const empty = tpm2b(new Uint8Array());

/** A credential as the verifier made it; both are TPM2B, with their sizes. */
export interface EncodedCredential {
  readonly credentialBlob: Uint8Array;
  readonly encryptedSecret: Uint8Array;
}

/**
 * The secret in a credential.
 *
 * @throws {StrongroomError} `TpmFailed` if it was made for another endorsement or attestation key.
 */
export async function activateCredential(
  channel: TpmChannel,
  keys: { readonly attestation: TpmKey; readonly endorsement: TpmKey },
  credential: EncodedCredential,
): Promise<Uint8Array> {
  const session = await authorize(channel, keys.endorsement);
  const reader = await execute(channel, {
    code: code.activateCredential,
    handles: [keys.attestation.handle, keys.endorsement.handle],
    sessions: [passwordSession, session],
    parameters: concatBytes(credential.credentialBlob, credential.encryptedSecret),
  });
  return reader.sized16();
}

/** Keys of the templates H have an empty password; those of the templates L are used by their policy alone. */
async function authorize(channel: TpmChannel, { publicArea }: TpmKey): Promise<number> {
  const { attributes } = parseTpmPublic(publicArea);
  return (attributes & objectAttribute.userWithAuth) === 0
    ? await startEndorsementSession(channel)
    : passwordSession;
}

// Whoever satisfies the policy may use the key: the hierarchy's password, which is empty.
async function startEndorsementSession(channel: TpmChannel): Promise<number> {
  const { handle } = await executeForHandle(channel, {
    code: code.startAuthSession,
    handles: [tpmHandle.none, tpmHandle.none],
    parameters: concatBytes(
      ...[tpm2b(randomBytes(32)), empty, new Uint8Array([policySession])],
      ...[u16be(tpmAlgorithm.null), u16be(tpmAlgorithm.sha256)],
    ),
  });
  const neverExpires = u32be(0);
  await execute(channel, {
    code: code.policySecret,
    handles: [tpmHandle.endorsement, handle],
    sessions: [passwordSession],
    parameters: concatBytes(empty, empty, empty, neverExpires),
  });
  return handle;
}
