// SPDX-License-Identifier: Apache-2.0
/** How bytes get to a TPM and back. */

/** Where the TPM is: the kernel's resource-managed device, or a software TPM's Unix socket. */
export type TpmAddress =
  | { readonly kind: "device"; readonly path: string }
  | { readonly kind: "socket"; readonly path: string };

/** An open way to the TPM. */
export interface TpmChannel {
  /**
   * Sends one command and resolves with its whole response, at most 4096 bytes.
   *
   * @throws {StrongroomError} `TpmUnavailable` if the TPM went away or did not answer in time; the channel is then dead.
   */
  transact(command: Uint8Array): Promise<Uint8Array>;
}

/** A channel that somebody must close. */
export interface OwnedTpmChannel extends TpmChannel {
  close(): void;
}

/** Exclusive use of a TPM, as often as wanted. */
export interface TpmTransport {
  /** Whether the kernel gives each channel its own slots and empties them when it closes. */
  readonly isResourceManaged: boolean;
  /**
   * Opens a channel for `work` alone and closes it afterwards, so that a TPM that restarted is found again and other
   * clients of a TPM that serves one at a time get their turn.
   *
   * @throws {StrongroomError} `TpmUnavailable` if it cannot be opened.
   */
  use<T>(work: (channel: TpmChannel) => Promise<T>): Promise<T>;
}

/** Longest command and response, in bytes. TPM 2.0 Part 2 leaves it to the platform; PC clients have 4096. */
export const messageBytes = 4096;

/** Bytes of tag and size, and of the whole header, at the start of each message. TPM 2.0 Part 1, section 18. */
export const header = { size: 6, whole: 10 } as const;
