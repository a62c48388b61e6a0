// SPDX-License-Identifier: Apache-2.0
/**
 * Which device is which node: both directions are unique at every moment, and written in one transaction. Who may come
 * second is the rules' to say: nobody, but for enrolment `Open`, by which whoever attests last has the binding.
 */

import type { AttestationAuthoritySpec } from "@strongroom/api";
import { installationScope, type JsonValue } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerReader, LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { erased, isErased, readLive } from "../objects/erased.ts";
import { allRecords } from "../vaults/vault-directory.ts";
import { parseRecord } from "../vaults/vault-record.ts";
import { EnrolmentConflict } from "./enrolment-conflict.ts";

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
  const device = await findDevice(tx, nodeUid);
  if (device === undefined) {
    throw new Refusal("NotEnrolled", "the node is not enrolled");
  }
  return device;
}

async function findDevice(tx: RecordReader, nodeUid: string): Promise<EnrolledDevice | undefined> {
  const node = await readLive(tx, nodeKey(nodeUid), nodeSchema);
  return node === undefined ? undefined : await readLive(tx, deviceKey(node.device), deviceSchema);
}

/** A device that claims to be a node. */
export type Claimant = Omit<EnrolledDevice, "enrolment">;

/** A binding, and those whose place it took. */
export interface Bound {
  readonly device: EnrolledDevice;
  readonly replaced: readonly EnrolledDevice[];
}

/**
 * Binds device and node.
 *
 * @throws {Refusal} `EnrolmentRefused` for an unlisted device, and as `EnrolmentConflict` for a second claimant of either
 *   where enrolment is not `Open`.
 */
export async function enrol(
  tx: LedgerTransaction,
  claimant: Claimant,
  authority: AttestationAuthoritySpec,
): Promise<Bound> {
  requirePermitted(claimant.device, authority);
  const others = await othersOf(tx, claimant);
  if (authority.enrolment !== "Open") {
    requireUnclaimed(claimant, others);
  }
  const { device, nodeUid, nodeName, akName, root } = claimant;
  const content = {
    ...{ device, nodeUid, nodeName, root, enrolment: authority.enrolment },
    ...(akName === undefined ? {} : { akName }),
  };
  const { holder, former } = others;
  if (holder !== undefined) {
    await tx.put(nodeKey(holder.nodeUid), erased);
  }
  if (former !== undefined) {
    await tx.put(deviceKey(former.device), erased);
  }
  await tx.put(deviceKey(device), content);
  if ((await readLive(tx, nodeKey(nodeUid), nodeSchema))?.device !== device) {
    await tx.put(nodeKey(nodeUid), { device });
  }
  return { device: content, replaced: [holder, former].filter((one) => one !== undefined) };
}

/** What an audit event says of bindings that were replaced; nothing where there are none. */
export function toReplaced(bound: Bound | undefined): { readonly replaced?: JsonValue } {
  const replaced = (bound?.replaced ?? []).map(({ device, nodeName, nodeUid }) => ({
    ...{ device, nodeName, nodeUid },
  }));
  return replaced.length === 0 ? {} : { replaced };
}

/** The binding of a device that attests: the one that is there, or a new one. @throws as `enrol` */
export async function boundDevice(
  tx: LedgerTransaction,
  claimant: Claimant,
  authority: AttestationAuthoritySpec,
): Promise<Bound> {
  const known = await readLive(tx, deviceKey(claimant.device), deviceSchema);
  if (known?.nodeUid !== claimant.nodeUid) {
    return await enrol(tx, claimant, authority);
  }
  // A device that was taken off the list is trusted no more, whenever it was bound.
  requirePermitted(known.device, authority);
  return { device: known, replaced: [] };
}

function requirePermitted(device: string, authority: AttestationAuthoritySpec): void {
  if (authority.enrolment === "Listed" && authority.listedDevices?.includes(device) !== true) {
    throw new Refusal("EnrolmentRefused", "the device is not listed for enrolment", { device });
  }
}

/** Bindings that a claim collides with. */
interface Others {
  /** The device's to another node. */
  readonly holder: EnrolledDevice | undefined;
  /** The node's to another device. */
  readonly former: EnrolledDevice | undefined;
}

async function othersOf(tx: RecordReader, { device, nodeUid }: Claimant): Promise<Others> {
  const holder = await readLive(tx, deviceKey(device), deviceSchema);
  const former = await findDevice(tx, nodeUid);
  return {
    holder: holder?.nodeUid === nodeUid ? undefined : holder,
    former: former?.device === device ? undefined : former,
  };
}

function requireUnclaimed({ device }: Claimant, { holder, former }: Others): void {
  if (holder !== undefined) {
    throw new EnrolmentConflict("device", device, holder.nodeUid);
  }
  if (former !== undefined) {
    throw new EnrolmentConflict("node", device);
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
  const device = await findDevice(tx, nodeUid);
  if (device === undefined) {
    throw new Refusal("NotFound", "no device is bound to this node");
  }
  await tx.put(deviceKey(device.device), erased);
  await tx.put(nodeKey(nodeUid), erased);
  return device;
}
