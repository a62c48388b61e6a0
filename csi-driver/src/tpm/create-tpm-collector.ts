// SPDX-License-Identifier: Apache-2.0
/** Collects a node's TPM evidence: who the TPM is, that its keys are in it, and what it measured. */

import type { Log } from "@strongroom/core";
import { activateCredential, type EncodedCredential } from "./activate-credential.ts";
import { readEkCertificates } from "./ek-certificates.ts";
import { type QuotedPcrs, quotePcrs } from "./quote-pcrs.ts";
import { createAttestationKey, openEndorsementKey } from "./tpm-keys.ts";
import type { TpmTransport } from "./tpm-transport.ts";
import { useCleanTpm } from "./use-clean-tpm.ts";

/** What an enrolment presents. */
export interface TpmIdentityEvidence {
  /** DER, leaf first. */
  readonly ekCertificates: readonly Uint8Array[];
  /** TPMT_PUBLIC of the attestation key. */
  readonly akPublic: Uint8Array;
}

/**
 * Evidence of one TPM. Every call opens the TPM anew and leaves its slots empty; nothing is cached, so a TPM that
 * restarted or was exchanged is never mistaken for the one before.
 *
 * @throws {StrongroomError} of each: `TpmUnavailable` (away, silent) or `TpmFailed` (refused, with its code).
 */
export interface TpmCollector {
  identity(): Promise<TpmIdentityEvidence>;
  /** The secret of a credential that was made for this TPM and its attestation key. */
  activate(credential: EncodedCredential): Promise<Uint8Array>;
  /** @param extraData 32 bytes that the quote is bound to. */
  quote(
    extraData: Uint8Array,
    pcrs: readonly number[],
  ): Promise<QuotedPcrs & { readonly akPublic: Uint8Array }>;
}

/** A collector over one TPM. */
export function createTpmCollector(deps: {
  readonly transport: TpmTransport;
  readonly log: Log;
}): TpmCollector {
  return {
    identity: () =>
      useCleanTpm(deps, async (channel) => {
        const ekCertificates = await readEkCertificates(channel);
        const { publicArea } = await createAttestationKey(channel);
        return { ekCertificates, akPublic: publicArea };
      }),
    activate: (credential) =>
      useCleanTpm(deps, async (channel) => {
        const [certificate = new Uint8Array()] = await readEkCertificates(channel);
        const endorsement = await openEndorsementKey(channel, certificate);
        const attestation = await createAttestationKey(channel);
        return activateCredential(channel, { attestation, endorsement }, credential);
      }),
    quote: (extraData, pcrs) =>
      useCleanTpm(deps, async (channel) => {
        const key = await createAttestationKey(channel);
        const quoted = await quotePcrs(channel, key, { extraData, pcrs });
        return { ...quoted, akPublic: key.publicArea };
      }),
  };
}
