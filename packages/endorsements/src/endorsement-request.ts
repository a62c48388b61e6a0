// SPDX-License-Identifier: Apache-2.0
/** A request for one endorsement, as its name and the configured sources make it. */

import type { HostPace } from "./host-gate.ts";

/** One GET. */
export interface EndorsementRequest {
  readonly url: string;
  /** PEM certificates that the server's must be of; without, the request is plain HTTP on this machine's own link. */
  readonly ca?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Header of the answer in which the issuers' certificates are. */
  readonly issuerHeader?: string;
  readonly pace: HostPace;
}
