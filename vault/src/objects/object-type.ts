// SPDX-License-Identifier: Apache-2.0
/** What distinguishes one kind of object from another, for the code that all kinds share. */

import type { ObjectKind } from "@strongroom/api";
import type { z } from "zod";
import type { VersionRecord } from "./object-record.ts";

/** A version of a kind: what every version has, and the kind's own members. */
export type VersionOf<Own> = VersionRecord & Own;

/** One kind of object. `Own` are the members that only this kind's version records have. */
export interface ObjectType<Own extends object = object> {
  /** As in routes, record ids and scopes. */
  readonly kind: ObjectKind;
  /** As in messages, with a capital. */
  readonly noun: "Secret" | "Key" | "Certificate";
  readonly versionSchema: z.ZodType<VersionOf<Own>>;
  /**
   * Ids of further records that belong to an object of this (lower-case) name, such as its rotation policy: a purge
   * erases them, and a backup holds them. Read them with `readLive`.
   */
  readonly companions: (name: string) => readonly string[];
}
