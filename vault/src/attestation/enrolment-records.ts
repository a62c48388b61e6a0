// SPDX-License-Identifier: Apache-2.0
/** Which device is which node: both directions are unique, and written in one transaction. */

import type { AttestationAuthority } from "@strongroom/api";
import { installationScope } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { readRecord } from "../vaults/vault-record.ts";
import type { EnrolmentState } from "./enrolment-state.ts";

const deviceSchema = z.object({
  device: z.string(),
  nodeUid: z.string(),
  nodeName: z.string(),
  akName: z.string(),
  root: z.object({
    name: z.string(),
    class: z.enum(["hardware", "virtual", "software"]),
    fingerprint: z.string(),
  }),
  enrolment: z.enum(["Listed", "FirstUse", "Open"]),
});
const nodeSchema = z.object({ device: z.string() });

/** A device that is bound to a node. */
export type EnrolledDevice = z.infer<typeof deviceSchema>;

const deviceKey = (device: string) => ({
  scope: installationScope,
  id: `enrolment/device/${device}`,
});
const nodeKey = (uid: string) => ({ scope: installationScope, id: `enrolment/node/${uid}` });

/** The device of a node. @throws {Refusal} `NotEnrolled` if it has none. */
export async function enrolledDevice(
  tx: Pick<LedgerTransaction, "read">,
  nodeUid: string,
): Promise<EnrolledDevice> {
  const node = await readRecord(tx, nodeKey(nodeUid), nodeSchema);
  const device =
    node === undefined ? undefined : await readRecord(tx, deviceKey(node.device), deviceSchema);
  if (device === undefined) {
    throw new Refusal("NotEnrolled", "the node is not enrolled");
  }
  return device;
}

/** Binds device and node. @throws {Refusal} `EnrolmentRefused` for a second claimant of either, or an unlisted device. */
export async function enrol(
  tx: LedgerTransaction,
  state: EnrolmentState,
  authority: AttestationAuthority,
): Promise<void> {
  requirePermitted(state.device, authority);
  await requireUnclaimed(tx, state);
  const { device, nodeUid, nodeName, akName, root } = state;
  const content = { device, nodeUid, nodeName, akName, root, enrolment: authority.enrolment };
  await tx.put(deviceKey(device), content);
  const known = await tx.read(nodeKey(nodeUid));
  if (known === undefined) {
    await tx.put(nodeKey(nodeUid), { device });
  }
}

function requirePermitted(device: string, authority: AttestationAuthority): void {
  if (authority.enrolment === "Listed" && authority.listedDevices?.includes(device) !== true) {
    throw new Refusal("EnrolmentRefused", "the device is not listed for enrolment", { device });
  }
}

async function requireUnclaimed(tx: LedgerTransaction, state: EnrolmentState): Promise<void> {
  const device = await readRecord(tx, deviceKey(state.device), deviceSchema);
  if (device !== undefined && device.nodeUid !== state.nodeUid) {
    throw new Refusal("EnrolmentRefused", "the device is bound to another node", {
      alarm: "second claimant of a device",
      device: state.device,
    });
  }
  const node = await readRecord(tx, nodeKey(state.nodeUid), nodeSchema);
  if (node !== undefined && node.device !== state.device) {
    throw new Refusal("EnrolmentRefused", "the node is bound to another device", {
      alarm: "second device of a node",
      device: state.device,
    });
  }
}
