// SPDX-License-Identifier: Apache-2.0
/** Which device is which node: both directions are unique, and written in one transaction. */

import type { AttestationAuthoritySpec } from "@strongroom/api";
import { installationScope } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerReader, LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { erased, isErased, readLive } from "../objects/erased.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import { parseRecord } from "../vaults/vault-record.ts";

const deviceSchema = z.object({
  device: z.string(),
  nodeUid: z.string(),
  nodeName: z.string(),
  /** Of a TPM: name of the attestation key that was enrolled, hexadecimal. */
  akName: z.string().optional(),
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

const devicePrefix = "enrolment/device/";
const deviceKey = (device: string) => ({
  scope: installationScope,
  id: `${devicePrefix}${device}`,
});
const nodeKey = (uid: string) => ({ scope: installationScope, id: `enrolment/node/${uid}` });

/** The device of a node. @throws {Refusal} `NotEnrolled` if it has none. */
export async function enrolledDevice(tx: RecordReader, nodeUid: string): Promise<EnrolledDevice> {
  const node = await readLive(tx, nodeKey(nodeUid), nodeSchema);
  const device =
    node === undefined ? undefined : await readLive(tx, deviceKey(node.device), deviceSchema);
  if (device === undefined) {
    throw new Refusal("NotEnrolled", "the node is not enrolled");
  }
  return device;
}

/** A device that claims to be a node. */
export type Claimant = Omit<EnrolledDevice, "enrolment">;

/** Binds device and node. @throws {Refusal} `EnrolmentRefused` for a second claimant of either, or an unlisted device. */
export async function enrol(
  tx: LedgerTransaction,
  claimant: Claimant,
  authority: AttestationAuthoritySpec,
): Promise<EnrolledDevice> {
  requirePermitted(claimant.device, authority);
  await requireUnclaimed(tx, claimant);
  const { device, nodeUid, nodeName, akName, root } = claimant;
  const content = {
    ...{ device, nodeUid, nodeName, root, enrolment: authority.enrolment },
    ...(akName === undefined ? {} : { akName }),
  };
  await tx.put(deviceKey(device), content);
  const known = await readLive(tx, nodeKey(nodeUid), nodeSchema);
  if (known === undefined) {
    await tx.put(nodeKey(nodeUid), { device });
  }
  return content;
}

/** The binding of a device that attests: the one that is there, or a new one. @throws as `enrol` */
export async function boundDevice(
  tx: LedgerTransaction,
  claimant: Claimant,
  authority: AttestationAuthoritySpec,
): Promise<EnrolledDevice> {
  const known = await readLive(tx, deviceKey(claimant.device), deviceSchema);
  if (known?.nodeUid !== claimant.nodeUid) {
    return await enrol(tx, claimant, authority);
  }
  // A device that was taken off the list is trusted no more, whenever it was bound.
  requirePermitted(known.device, authority);
  return known;
}

function requirePermitted(device: string, authority: AttestationAuthoritySpec): void {
  if (authority.enrolment === "Listed" && authority.listedDevices?.includes(device) !== true) {
    throw new Refusal("EnrolmentRefused", "the device is not listed for enrolment", { device });
  }
}

async function requireUnclaimed(tx: LedgerTransaction, state: Claimant): Promise<void> {
  const device = await readLive(tx, deviceKey(state.device), deviceSchema);
  if (device !== undefined && device.nodeUid !== state.nodeUid) {
    throw new Refusal("EnrolmentRefused", "the device is bound to another node", {
      alarm: "second claimant of a device",
      device: state.device,
    });
  }
  const node = await readLive(tx, nodeKey(state.nodeUid), nodeSchema);
  if (node !== undefined && node.device !== state.device) {
    throw new Refusal("EnrolmentRefused", "the node is bound to another device", {
      alarm: "second device of a node",
      device: state.device,
    });
  }
}

/** Every binding, in the order of device ids; at most `limit`. */
export async function enrolledDevices(
  reader: LedgerReader,
  limit: number,
): Promise<readonly EnrolledDevice[]> {
  const devices: EnrolledDevice[] = [];
  for await (const { body } of allRecords(reader, installationScope, devicePrefix)) {
    if (devices.length === limit) {
      break;
    }
    if (!isErased(body)) {
      devices.push(parseRecord(deviceSchema, body));
    }
  }
  return devices;
}

/** Frees device and node: either may be bound anew. @throws {Refusal} `NotFound` if the node has no device. */
export async function forgetNode(tx: LedgerTransaction, nodeUid: string): Promise<EnrolledDevice> {
  const node = await readLive(tx, nodeKey(nodeUid), nodeSchema);
  const device =
    node === undefined ? undefined : await readLive(tx, deviceKey(node.device), deviceSchema);
  if (device === undefined) {
    throw new Refusal("NotFound", "no device is bound to this node");
  }
  await tx.put(deviceKey(device.device), erased);
  await tx.put(nodeKey(nodeUid), erased);
  return device;
}
