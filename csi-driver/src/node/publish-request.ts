// SPDX-License-Identifier: Apache-2.0
/** What a pod's volume asks for, once it is known to be well formed. */

/** One secret of a vault. */
export interface SecretItem {
  /** 1 to 127 letters, digits and dashes; also the file's name. */
  readonly name: string;
  /** 32 hexadecimal digits; the current version where it is missing. */
  readonly version?: string;
}

/** Who asks, as kubelet says. The vault believes the token, not this. */
export interface PodInfo {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly serviceAccount: string;
}

/** A NodePublishVolume call of which every field has been checked. */
export interface PublishRequest {
  readonly volumeId: string;
  readonly targetPath: string;
  /** The pod's fsGroup. */
  readonly mountGroup: number | undefined;
  readonly pod: PodInfo;
  /** Name of a SecretVault in the pod's namespace. */
  readonly vault: string;
  readonly items: readonly SecretItem[];
  /** The pod's token for this installation. Never logged. */
  readonly token: string;
}
