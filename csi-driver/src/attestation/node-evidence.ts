// SPDX-License-Identifier: Apache-2.0
/** How a node proves what it is: evidence of one kind, presented for a token. */

/** The node's evidence. */
export interface NodeEvidence {
  /**
   * Has evidence made that is bound to the SHA-256 of `runtimeData`, and exchanges it for an attestation token.
   *
   * @throws {StrongroomError} What the device or the vault said; `NotEnrolled` for a device that has to enrol first.
   */
  present(runtimeData: Uint8Array, signal: AbortSignal): Promise<string>;
  /** Enrols the device. @throws {StrongroomError} `NotEnrolled` where this kind of evidence has no enrolment */
  enrol(signal: AbortSignal): Promise<void>;
}
