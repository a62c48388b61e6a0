// SPDX-License-Identifier: Apache-2.0
/** What holds for every object that a resource asks for: whose it is, and whether its name is free. */

import { StrongroomError } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import type { ObjectAct } from "../objects/delete-object.ts";
import type { ObjectRecord } from "../objects/object-record.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { isActive, readObject } from "../objects/read-object.ts";
import { nameIsDeleted } from "../objects/refusals.ts";

/** An object of a resource. */
export interface DesiredTarget extends ObjectAct {
  /** Uid of the resource. */
  readonly owner: string;
}

/** What became of it. */
export interface PutDesired {
  /** As it was first spelt. */
  readonly name: string;
  readonly version: string;
  readonly created: boolean;
}

type Kind = Pick<ObjectType, "kind" | "noun">;

/** The resource's object, or nothing where the name is free or deleted. @throws {Refusal} `NameInUse` if somebody else made it */
export async function findOwn(
  reader: RecordReader,
  type: Kind,
  { vault, name, owner }: DesiredTarget,
): Promise<ObjectRecord | undefined> {
  const object = await readObject(reader, vault, type, name);
  if (!isActive(object)) {
    return undefined;
  }
  if (object.owner !== owner || object.managed) {
    const noun = type.noun.toLowerCase();
    throw new Refusal(
      "NameInUse",
      `${noun} ${object.name} exists and was not made by this resource`,
    );
  }
  return object;
}

/** Whether a new object can have the name: nothing needs to be made for one that cannot. */
export async function isFree(
  reader: RecordReader,
  type: Kind,
  { vault, name }: DesiredTarget,
): Promise<boolean> {
  const object = await readObject(reader, vault, type, name);
  return object === undefined || (object.deleted === null && object.purged !== null);
}

/** Why there is nothing to write: the name is deleted, or was a moment ago. */
export async function notFree(
  reader: RecordReader,
  type: Kind,
  { vault, name }: DesiredTarget,
): Promise<StrongroomError> {
  const object = await readObject(reader, vault, type, name);
  return object !== undefined && object.deleted !== null
    ? nameIsDeleted(type, object)
    : new StrongroomError("Conflict", "the object went away a moment ago; try again");
}
