// SPDX-License-Identifier: Apache-2.0
/** A second claimant of a device or of a node: refused, and an alarm, because one of the two is not what it says. */

import type { NodeContest } from "@strongroom/api";
import { Refusal } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { AuthorityDeps } from "./authority-deps.ts";

const claims = {
  device: {
    message: "the device is bound to another node",
    alarm: "second claimant of a device",
    reason: "ClaimsBoundDevice",
  },
  node: {
    message: "the node is bound to another device",
    alarm: "second device of a node",
    reason: "SecondDevice",
  },
} as const;

/** The refusal; its audit event has the alarm, the device, and the node that holds it. */
export class EnrolmentConflict extends Refusal {
  /** What is claimed twice. */
  readonly of: keyof typeof claims;
  /** Node that the device is bound to. */
  readonly holderUid: string | undefined;

  constructor(of: keyof typeof claims, device: string, holderUid?: string) {
    const { message, alarm } = claims[of];
    super("EnrolmentRefused", message, { alarm, device, ...(holderUid && { holderUid }) });
    this.of = of;
    this.holderUid = holderUid;
  }
}

/** Raises the alarm if an error is one: counted, logged, and shown at both nodes. */
export function raiseConflict(
  { verdicts, metrics, log }: Pick<AuthorityDeps, "verdicts" | "metrics" | "log">,
  { nodeName, nodeUid }: BoundPod,
  error: unknown,
  at: Date,
): void {
  if (!(error instanceof EnrolmentConflict)) {
    return;
  }
  const contest = (reason: NodeContest["reason"]) => ({ reason, at: at.getTime() });
  metrics.secondClaimant(error.of);
  log.warn("a second claimant was refused", { node: nodeName, reason: claims[error.of].alarm });
  verdicts.contested(nodeUid, contest(claims[error.of].reason), error.holderUid);
  if (error.holderUid !== undefined) {
    verdicts.contested(error.holderUid, contest("DeviceClaimed"), nodeUid);
  }
}
