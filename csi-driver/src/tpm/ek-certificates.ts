// SPDX-License-Identifier: Apache-2.0
/** The certificate of an endorsement key and, where the maker put them there, its issuers'. */

import { firstDerValue } from "@strongroom/attestation";
import { concatBytes, StrongroomError } from "@strongroom/core";
import { readNvIndex } from "./nv-memory.ts";
import { listHandles } from "./tpm-handles.ts";
import type { TpmChannel } from "./tpm-transport.ts";

/**
 * NV indexes of certificates: TCG EK Credential Profile 2.5, sections 2.2.1.4 and 2.2.1.5. The first that is there names the
 * device, so that their order is never changed: L-1 (RSA-2048), L-2 (P-256), H-1 (RSA-2048), H-2 (P-256), H-3 (P-384),
 * H-6 (RSA-3072), H-7 (RSA-4096), H-4 (P-521).
 */
const certificateIndexes: readonly number[] = [
  ...[0x01c00002, 0x01c0000a],
  ...[0x01c00012, 0x01c00014, 0x01c00016, 0x01c0001c, 0x01c0001e],
  0x01c00018,
];

/** NV indexes of issuers: section 2.2.1.5.2. */
const chainIndex = { first: 0x01c00100, last: 0x01c001ff } as const;

/** Issuers that are read at most. */
const mostIssuers = 4;

/** First byte of a DER sequence: a certificate begins so, padding does not. */
const derSequence = 0x30;

/** TCG_PCCLIENT_STORED_CERT, before whole certificates in older TPMs: tag, type, length. TCG PC Client, section 7.3.2. */
const storedCertificate = { start: [0x10, 0x01, 0x00], bytes: 5 } as const;

/**
 * Reads the chain, leaf first; nothing here is trusted yet.
 *
 * @throws {StrongroomError} `TpmFailed` if the TPM holds no certificate.
 */
export async function readEkCertificates(channel: TpmChannel): Promise<readonly Uint8Array[]> {
  const [first = 0] = certificateIndexes;
  const handles = await listHandles(channel, first);
  const index = certificateIndexes.find((one) => handles.includes(one));
  if (index === undefined) {
    throw new StrongroomError("TpmFailed", "the TPM holds no certificate of an endorsement key");
  }
  const leaf = firstDerValue(withoutHeader(await readNvIndex(channel, index)));
  return [leaf, ...(await readIssuers(channel))];
}

function withoutHeader(content: Uint8Array): Uint8Array {
  const { start, bytes } = storedCertificate;
  return start.every((byte, position) => content[position] === byte)
    ? content.subarray(bytes)
    : content;
}

// The chain is one byte string over consecutive indexes: a certificate may begin in one and end in the next.
async function readIssuers(channel: TpmChannel): Promise<readonly Uint8Array[]> {
  const handles = await listHandles(channel, chainIndex.first);
  const parts: Uint8Array[] = [];
  for (const handle of handles.filter((one) => one <= chainIndex.last)) {
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
