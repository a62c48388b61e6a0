// SPDX-License-Identifier: Apache-2.0
/** What attesting a node needs of the installation; answered by the vault, as this plugin's own identity. */

import type { TeeAttestation, TpmEvidence } from "@strongroom/api";
import type { Credential, DeviceIdentity } from "./evidence-collector.ts";

/** A device's proof of a credential, by the id of its enrolment. */
export interface Activation {
  readonly id: string;
  readonly secret: Uint8Array;
}

/**
 * The installation's attestation authority. Every call rejects with a `StrongroomError` of the class that the vault
 * named, or `VaultUnavailable`.
 */
export interface InstallationPort {
  /** A nonce for one attestation. */
  challenge(signal: AbortSignal): Promise<string>;
  /** An attestation token for evidence. @throws {StrongroomError} `NotEnrolled` for an unknown device. */
  attestTpm(evidence: TpmEvidence, signal: AbortSignal): Promise<string>;
  /** An attestation token for evidence of a TEE. @throws {StrongroomError} `EndorsementsUnavailable`, to be tried again */
  attestTee(attestation: TeeAttestation, signal: AbortSignal): Promise<string>;
  /** Asks for enrolment of a device. */
  enrol(device: DeviceIdentity, signal: AbortSignal): Promise<Credential & { readonly id: string }>;
  /** Ends an enrolment. */
  activate(activation: Activation, signal: AbortSignal): Promise<void>;
}
