// SPDX-License-Identifier: Apache-2.0
/** The certificate of the RSA-2048 endorsement key and, where the maker put them there, its issuers'. */

import { firstDerValue } from "@strongroom/attestation";
import { concatBytes, StrongroomError } from "@strongroom/core";
import { readNvIndex } from "./nv-memory.ts";
import { hasHandle, listHandles } from "./tpm-handles.ts";
import type { TpmChannel } from "./tpm-transport.ts";

/** NV indexes: TCG EK Credential Profile 2.5, section 2.2.1.4 (certificate) and 2.2.1.5.2 (chain). */
const nvIndex = { certificate: 0x01c00002, chainFirst: 0x01c00100, chainLast: 0x01c001ff } as const;

/** Issuers that are read at most. */
const mostIssuers = 4;

/** First byte of a DER sequence: a certificate begins so, padding does not. */
const derSequence = 0x30;

/**
 * Reads the chain, leaf first; nothing here is trusted yet.
 *
 * @throws {StrongroomError} `TpmFailed` if the TPM holds no certificate.
 */
export async function readEkCertificates(channel: TpmChannel): Promise<readonly Uint8Array[]> {
  if (!(await hasHandle(channel, nvIndex.certificate))) {
    throw new StrongroomError(
      "TpmFailed",
      "the TPM holds no certificate of an RSA endorsement key",
    );
  }
  const leaf = firstDerValue(await readNvIndex(channel, nvIndex.certificate));
  return [leaf, ...(await readIssuers(channel))];
}

// The chain is one byte string over consecutive indexes: a certificate may begin in one and end in the next.
async function readIssuers(channel: TpmChannel): Promise<readonly Uint8Array[]> {
  const handles = await listHandles(channel, nvIndex.chainFirst);
  const parts: Uint8Array[] = [];
  for (const handle of handles.filter((one) => one <= nvIndex.chainLast)) {
    parts.push(await readNvIndex(channel, handle));
  }
  return splitCertificates(concatBytes(...parts));
}

function splitCertificates(bytes: Uint8Array): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  let rest = bytes;
  while (rest[0] === derSequence && certificates.length < mostIssuers) {
    const certificate = firstDerValue(rest);
    certificates.push(certificate);
    rest = rest.subarray(certificate.length);
  }
  return certificates;
}
