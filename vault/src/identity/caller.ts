// SPDX-License-Identifier: Apache-2.0
/** Who calls: what an authenticated bearer token says. */

import type { Circumstances, Principal } from "@strongroom/core";

/** The pod that a ServiceAccount token is bound to, and the node that the pod runs on. */
export interface BoundPod {
  readonly podName: string;
  readonly podUid: string;
  readonly nodeName: string;
  readonly nodeUid: string;
}

/**
 * What a caller may do to the installation itself. These come from the configuration alone: no role of a vault, no
 * definition and no resource contains one.
 *
 * A security officer activates, recovers and rotates the HSM's keys, and restores the whole store. A backup operator makes
 * full backups, which only the HSM opens. An auditor reads the audit log of all vaults, and nothing else. An administrator is a
 * person who does what the operator does, and frees enrolled nodes, which the operator cannot.
 */
export type InstallationRole =
  | "operator"
  | "node"
  | "administrator"
  | "securityOfficer"
  | "auditor"
  | "backupOperator";

/** An authenticated caller. */
export interface Caller {
  readonly principal: Principal;
  readonly bound?: BoundPod;
  readonly installationRoles: readonly InstallationRole[];
  /** SHA-256 of the token, which a proof of possession covers. */
  readonly tokenHash: Uint8Array;
  /** When and from where this request came; conditions of roles are about them. */
  readonly circumstances?: Circumstances;
}

/** Turns a bearer token into a caller. @throws {StrongroomError} `TokenInvalid`, or `ApiServerUnavailable`. */
export type Authenticate = (token: string) => Promise<Caller>;
