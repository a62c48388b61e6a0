// SPDX-License-Identifier: Apache-2.0
/** What a pod's volume asks for, once it is known to be well formed. */

import type { WrappedKey } from "@strongroom/api";

/** One version of an object of a vault. */
export interface ObjectItem {
  /** 1 to 127 letters, digits and dashes. */
  readonly name: string;
  /** 32 hexadecimal digits; the current version where it is missing. */
  readonly version?: string;
}

/** One file of a volume, and what is in it. */
export type VolumeItem =
  /** A secret, whose name is the file's. */
  | ({ readonly kind: "secret" } & ObjectItem)
  /** A data key that a key of the vault unwraps; `name` is the file's. */
  | {
      readonly kind: "dataKey";
      readonly name: string;
      readonly key: ObjectItem;
      readonly wrapped: WrappedKey;
    };

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
  /** At least one; no two have one name. */
  readonly items: readonly VolumeItem[];
  /** The pod's token for this installation. Never logged. */
  readonly token: string;
}
