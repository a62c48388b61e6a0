// SPDX-License-Identifier: Apache-2.0
/** What the plugin needs of the node's TPM; src/tpm talks to a real one. */

/** Evidence of one device. Each call may reject with `TpmUnavailable` or `TpmFailed`. */
export interface EvidenceCollector {
  /** Endorsement key certificates, DER, leaf first, and the attestation key as TPMT_PUBLIC. */
  identity(): Promise<DeviceIdentity>;
  /** TPM2_ActivateCredential: the secret that only this device can open. */
  activate(credential: Credential): Promise<Uint8Array>;
  /** TPM2_Quote over SHA-256 PCRs. @param extraData 32 bytes that the quote repeats. */
  quote(extraData: Uint8Array, pcrs: readonly number[]): Promise<Quote>;
}

/** Who the device is. */
export interface DeviceIdentity {
  readonly ekCertificates: readonly Uint8Array[];
  readonly akPublic: Uint8Array;
}

/** A challenge for a device: TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET. */
export interface Credential {
  readonly credentialBlob: Uint8Array;
  readonly encryptedSecret: Uint8Array;
}

/** TPMS_ATTEST, TPMT_SIGNATURE, the key that made it, and the values of the quoted PCRs in hexadecimal by number. */
export interface Quote {
  readonly akPublic: Uint8Array;
  readonly quote: Uint8Array;
  readonly signature: Uint8Array;
  readonly pcrs: Readonly<Record<string, string>>;
}
