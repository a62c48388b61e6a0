// SPDX-License-Identifier: Apache-2.0
/**
 * The rules in force, of one source: the configuration file where it states them, else what the operator put last.
 *
 * Nothing is merged. What the file says, nobody in a cluster can widen; without either, no evidence is taken.
 */

import { type AttestationAuthoritySpec, attestationAuthoritySpecSchema } from "@strongroom/api";
import { installationScope, type JsonValue } from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../../ledger/ledger.ts";
import { erased, readLive } from "../../objects/erased.ts";
import { type AttestationRules, toRules } from "./attestation-rules.ts";

/** Where rules come from. */
export interface RulesSource {
  current(): AttestationRules;
  /** Writes other rules. @throws {Refusal} `Forbidden` if the file states them */
  put(tx: LedgerTransaction, spec: AttestationAuthoritySpec): Promise<RulesChange>;
  /** Takes them away; undefined where there are none to take. */
  remove(tx: LedgerTransaction): Promise<RulesChange | undefined>;
}

/** Rules that are written. */
export interface RulesChange {
  readonly rules: AttestationRules;
  /** Puts them in force, once they are durable. */
  readonly adopt: () => void;
}

const key = { scope: installationScope, id: "attestation-authority" } as const;
const recordSchema = z.object({ spec: attestationAuthoritySpecSchema });

/** No kind, no root: every evidence is refused. */
const nothing = attestationAuthoritySpecSchema.parse({ kinds: [] });

/** Opens the source. @param pinned What the configuration file states. */
export async function openRules(
  reader: RecordReader,
  pinned: AttestationAuthoritySpec | undefined,
): Promise<RulesSource> {
  const stored = pinned === undefined ? await readLive(reader, key, recordSchema) : undefined;
  let current = toRules(pinned ?? stored?.spec ?? nothing);
  const change = (rules: AttestationRules): RulesChange => ({
    rules,
    adopt: () => {
      current = rules;
    },
  });
  return {
    current: () => current,
    put: async (tx, spec) => {
      if (pinned !== undefined) {
        throw new Refusal(
          "Forbidden",
          "the vault's configuration states its attestation authority: no resource changes it",
        );
      }
      const rules = toRules(spec);
      await tx.put(key, { spec } as JsonValue);
      return change(rules);
    },
    remove: async (tx) => {
      if (pinned !== undefined || (await readLive(tx, key, recordSchema)) === undefined) {
        return undefined;
      }
      await tx.put(key, erased);
      return change(toRules(nothing));
    },
  };
}
