// SPDX-License-Identifier: Apache-2.0
/** The status of a SecretVault from what the vault answered. Pure. */

import {
  type CharterFacts,
  charterExpiryWarnings,
  type PutVaultResponse,
  type SecretVaultStatus,
} from "@strongroom/api";
import type { SecretVault } from "../resource.ts";
import { notReady, ready, type Verdict, withConditions } from "../status.ts";
import type { Obstacle } from "./plan.ts";

/** Least time between two writes of the audit head, milliseconds: it moves with every request. */
const headInterval = 60_000;

/** What the acts came to. */
export interface VaultOutcome {
  readonly answer: PutVaultResponse;
  readonly obstacles: readonly Obstacle[];
}

/** Status after the vault took the spec. The address works for our own components even where it is in conflict. */
export function toVaultStatus(
  vault: SecretVault,
  { answer, obstacles }: VaultOutcome,
  at: Date,
): SecretVaultStatus {
  const { name, namespace } = vault.metadata;
  const head = headToShow(vault.status?.auditHead, answer, at);
  const status: Omit<SecretVaultStatus, "conditions" | "observedGeneration"> = {
    uid: answer.uid,
    address: `https://${name}.${namespace}.svc`,
    protection: answer.protection,
    domain: answer.domain,
    enforcedBy: answer.enforcedBy,
    counts: answer.counts,
    ...(answer.sealingKey !== undefined && { sealingKey: answer.sealingKey }),
    ...(answer.charter !== undefined && { charter: toCharterStatus(answer.charter) }),
    ...(head !== undefined && { auditHead: head }),
  };
  const verdicts = [
    toVerdict(obstacles),
    ...accountVerdicts(answer),
    ...charterVerdicts(answer, at),
  ];
  return withConditions(vault, status, verdicts, at);
}

/** Status after a failure: what was known stays, `Ready` says what went wrong. */
export function toFailedVaultStatus(
  vault: SecretVault,
  verdict: Verdict,
  at: Date,
): SecretVaultStatus {
  const { conditions: _, observedGeneration: __, ...known } = vault.status ?? {};
  return withConditions(vault, known, [verdict], at);
}

function toVerdict(obstacles: readonly Obstacle[]): Verdict {
  const conflict = obstacles.find(({ reason }) => reason === "AddressConflict");
  return conflict === undefined
    ? ready("the vault is up to date")
    : notReady(conflict.reason, conflict.message);
}

// No condition while there is nothing to say.
function accountVerdicts({
  pendingAccounts = [],
  replacedAccounts = [],
}: PutVaultResponse): readonly Verdict[] {
  const verdict = (reason: string, message: string) =>
    [{ type: "AccountsBound", status: "False", reason, message }] as const;
  if (replacedAccounts.length > 0) {
    return verdict(
      "AccountReplaced",
      `made anew, and without the rights of the accounts before them: ${some(replacedAccounts)}; set uid, or take the names out of the roles and put them back`,
    );
  }
  return pendingAccounts.length > 0
    ? verdict("AccountPending", `ServiceAccounts that do not exist yet: ${some(pendingAccounts)}`)
    : [];
}

function toCharterStatus({
  expires,
  warnings,
  ...facts
}: CharterFacts): NonNullable<SecretVaultStatus["charter"]> {
  return {
    ...facts,
    expires: new Date(expires * 1_000).toISOString(),
    ...(warnings.length > 0 && { warnings }),
  };
}

function charterVerdicts({ charter }: PutVaultResponse, at: Date): readonly Verdict[] {
  const messages = charter === undefined ? [] : charterExpiryWarnings(charter, at);
  const isOver = charter !== undefined && charter.expires * 1_000 <= at.getTime();
  const reason = isOver ? "CharterExpired" : "CharterExpires";
  return messages.map((message) => ({ type: "CharterLasts", status: "False", reason, message }));
}

function some(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(", ")}, …` : names.join(", ");
}

function headToShow(
  shown: SecretVaultStatus["auditHead"],
  { auditHead }: PutVaultResponse,
  at: Date,
): SecretVaultStatus["auditHead"] {
  const isFresh = shown !== undefined && at.getTime() - Date.parse(shown.time) < headInterval;
  if (auditHead === undefined || isFresh) {
    return shown;
  }
  const { time, ...head } = auditHead;
  return { ...head, time: new Date(time).toISOString() };
}
