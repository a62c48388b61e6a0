// SPDX-License-Identifier: Apache-2.0
/** What the HSM says of itself. */

/** The token and its keys. */
export interface HsmStatus {
  readonly initialised: boolean;
  /** No security domain: a lost token is lost. */
  readonly domain: "none";
  /** Who refuses to load a class N key as something weaker: the token, or the host alone. */
  readonly enforcedBy: "token" | "host";
  /** Key check values of the key encryption keys, 32 hexadecimal characters each. */
  readonly kekIds: {
    readonly n: string;
    readonly e: string;
    readonly s: string;
    readonly a: string;
  };
  readonly token: {
    readonly label: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly serial: string;
  };
}
