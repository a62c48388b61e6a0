// SPDX-License-Identifier: Apache-2.0
/** Refusals that every kind of object has, in Key Vault's words. */

import { Refusal } from "../audit/event.ts";
import type { ObjectType } from "./object-type.ts";

type Named = Pick<ObjectType, "noun">;

/** The name or the version is not there. */
export function objectNotFound({ noun }: Named, name: string): Refusal {
  return new Refusal(
    "NotFound",
    `A ${noun.toLowerCase()} with (name/id) ${name} was not found in this key vault.`,
  );
}

/** The name is taken by an object that is soft-deleted. */
export function objectIsDeleted({ noun }: Named, name: string): Refusal {
  return new Refusal(
    "ObjectIsDeletedButRecoverable",
    `${noun} ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the ${noun.toLowerCase()} can only be recovered or purged.`,
  );
}
