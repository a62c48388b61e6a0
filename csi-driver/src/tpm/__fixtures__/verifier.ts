// SPDX-License-Identifier: Apache-2.0
/** What a verifier does with a collector's evidence, for tests. */

import {
  assessAttestationKey,
  type EkClaims,
  parsePemCertificates,
  verifyEkCertificate,
  verifyTpmQuote,
} from "@strongroom/attestation";
import { sha256, silentLog } from "@strongroom/core";
import { connectTpm } from "../connect-tpm.ts";
import { createTpmCollector } from "../create-tpm-collector.ts";
import { listHandles, tpmHandle } from "../tpm-handles.ts";
import type { TpmTransport } from "../tpm-transport.ts";

/** A software TPM that runs, and the certificates of its CA in PEM. */
export interface SoftwareTpm {
  readonly socketPath: string;
  readonly rootCertificate: string;
  readonly issuerCertificate: string;
}

/** What the quotes of the tests are bound to. */
export const challenge = sha256(new Uint8Array([1]));

/** What the credentials of the tests hold. */
export const secret = new Uint8Array(32).fill(7);

/** Trust in the CA of this TPM alone. */
export function trustOf(swtpm: SoftwareTpm) {
  return {
    roots: [
      {
        name: "test",
        class: "software" as const,
        certificates: parsePemCertificates(swtpm.rootCertificate),
      },
    ],
    intermediates: parsePemCertificates(swtpm.issuerCertificate),
  };
}

/** A collector over this TPM, and its transport. */
export function collectorOf(swtpm: SoftwareTpm) {
  const transport = connectTpm({ kind: "socket", path: swtpm.socketPath });
  return { transport, collector: createTpmCollector({ transport, log: silentLog }) };
}

/** Verified certificate and name of the attestation key. */
export async function enrol(swtpm: SoftwareTpm): Promise<{ ek: EkClaims; akName: Uint8Array }> {
  const { ekCertificates, akPublic } = await collectorOf(swtpm).collector.identity();
  const ek = verifyEkCertificate(ekCertificates, trustOf(swtpm), new Date());
  const ak = assessAttestationKey(akPublic);
  if (ek.kind === "refused" || ak.kind === "refused") {
    throw new Error(JSON.stringify([ek, ak]));
  }
  return { ek: ek.claims, akName: ak.claims.name };
}

/** Claims of a fresh quote. @throws {Error} if it is refused. */
export async function verified(swtpm: SoftwareTpm, akName: Uint8Array, pcrs: readonly number[]) {
  const evidence = await collectorOf(swtpm).collector.quote(challenge, pcrs);
  const verdict = verifyTpmQuote(
    { ...evidence, pcrs: { sha256: evidence.pcrs } },
    { akName, extraData: challenge, requiredPcrs: { sha256: pcrs } },
  );
  if (verdict.kind === "refused") {
    throw new Error(verdict.reason);
  }
  return verdict.claims;
}

/** Handles of what is loaded. */
export async function loaded(transport: TpmTransport): Promise<readonly number[]> {
  return await transport.use(async (channel) => [
    ...(await listHandles(channel, tpmHandle.transient)),
    ...(await listHandles(channel, tpmHandle.loadedSessions)),
  ]);
}
