// SPDX-License-Identifier: Apache-2.0
/** Refusals that every kind of object has, in Key Vault's words. */

import { Refusal } from "../audit/event.ts";
import type { ObjectRecord } from "./object-record.ts";
import type { ObjectType } from "./object-type.ts";

type Named = Pick<ObjectType, "noun">;

/** The name or the version is not there. */
export function objectNotFound({ noun }: Named, name: string): Refusal {
  const kind = noun.toLowerCase();
  return new Refusal(
    "NotFound",
    `A ${kind} with (name/id) ${name} was not found in this key vault. If you recently deleted this ${kind} you may be able to recover it using the correct recovery command.`,
    {},
    `${noun}NotFound`,
  );
}

/** There is no deleted object of that name. */
export function deletedNotFound({ noun }: Named, name: string): Refusal {
  return new Refusal("NotFound", `Deleted ${noun} not found: ${name}`, {}, `${noun}NotFound`);
}

/** The name is taken by an object that is deleted, or whose purge is not done. */
export function nameIsDeleted({ noun }: Named, { name, purged }: ObjectRecord): Refusal {
  return purged === null
    ? new Refusal(
        "ObjectIsDeletedButRecoverable",
        `${noun} ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the ${noun.toLowerCase()} can only be recovered or purged.`,
      )
    : isBeingPurged({ noun }, name);
}

/** A purge has begun, which nothing stops. */
export function isBeingPurged({ noun }: Named, name: string): Refusal {
  return new Refusal("ObjectIsBeingDeleted", `${noun} ${name} is currently being deleted.`);
}

/** @throws {Refusal} `ObjectManaged` where a certificate is behind the object: its key and secret change through it. */
export function requireUnmanaged(operation: string, { managed }: Pick<ObjectRecord, "managed">) {
  if (managed) {
    throw new Refusal(
      "ObjectManaged",
      `Operation "${operation}" is not allowed as this object's lifetime is managed by Key Vault.`,
    );
  }
}
