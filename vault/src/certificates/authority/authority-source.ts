// SPDX-License-Identifier: Apache-2.0
/** The CA of a vault: made when it is first needed, and made anew before what it issues would outlive it. */

import { equalBytes, utf8 } from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { systemEvent } from "../../audit/event.ts";
import type { Ledger, RecordReader } from "../../ledger/ledger.ts";
import { readRecord, type Vault } from "../../vaults/vault-record.ts";
import { addMonths } from "../policy-content.ts";
import { type AuthorityRecord, authorityKey, authorityRecordSchema } from "./authority-record.ts";
import {
  type AuthorityMaking,
  issuingMonths,
  makeIssuing,
  makeRoot,
  type OpenAuthority,
  openAuthority,
} from "./make-authority.ts";

/** What the source works with. */
export interface AuthorityDeps {
  readonly hsm: HsmClient;
  readonly ledger: Ledger;
}

/** Which CA is wanted. */
export interface AuthorityRequest {
  readonly vault: Vault;
  readonly at: Date;
  /** End of what it is to issue. */
  readonly until: Date;
}

/** A CA of the vault that lasts until then, and issues for the domains that the vault has now. */
export async function authorityFor(
  deps: AuthorityDeps,
  request: AuthorityRequest,
): Promise<OpenAuthority> {
  const { vault } = request;
  const known = await readRecord(deps.ledger, authorityKey(vault.uid), authorityRecordSchema);
  if (known !== undefined && isFit(known, deps, request)) {
    return openAuthority(deps.hsm, vault, known.issuing);
  }
  const next = await makeNext(deps, request, known);
  const kept = await keep(deps, request, { known, next });
  return openAuthority(deps.hsm, vault, kept.issuing);
}

/** Certificates of the vault's roots, DER, oldest first; none before the first issuance. */
export async function rootsOf(ledger: RecordReader, vault: Vault): Promise<readonly Uint8Array[]> {
  const known = await readRecord(ledger, authorityKey(vault.uid), authorityRecordSchema);
  const roots = known === undefined ? [] : [...known.formerRoots, known.root.certificate];
  return roots.map((certificate) => Buffer.from(certificate, "base64url"));
}

function isFit({ issuing }: AuthorityRecord, { hsm }: AuthorityDeps, request: AuthorityRequest) {
  const { vault, until } = request;
  const sameDomains = equalBytes(utf8(issuing.domains.join("\n")), utf8(vault.domains.join("\n")));
  return sameDomains && openAuthority(hsm, vault, issuing).notAfter >= until;
}

async function makeNext(
  { hsm }: AuthorityDeps,
  { vault, at }: AuthorityRequest,
  known: AuthorityRecord | undefined,
): Promise<AuthorityRecord> {
  const making: AuthorityMaking = { hsm, vault, at };
  const kept = lastingRoot(making, known);
  const root = kept ?? (await makeRoot(making));
  const issuing = await makeIssuing(making, openAuthority(hsm, vault, root));
  const former = known === undefined || kept !== undefined ? [] : [known.root.certificate];
  return { root, formerRoots: [...(known?.formerRoots ?? []), ...former], issuing };
}

/** The root, unless a CA that it certifies now would outlive it. */
function lastingRoot(
  { hsm, vault, at }: AuthorityMaking,
  known: AuthorityRecord | undefined,
): AuthorityRecord["root"] | undefined {
  const until = addMonths(at, issuingMonths);
  return known !== undefined && openAuthority(hsm, vault, known.root).notAfter > until
    ? known.root
    : undefined;
}

/** Of two that are made at once, one stays. */
async function keep(
  { ledger }: AuthorityDeps,
  { vault, at }: AuthorityRequest,
  { known, next }: { readonly known: AuthorityRecord | undefined; readonly next: AuthorityRecord },
): Promise<AuthorityRecord> {
  const key = authorityKey(vault.uid);
  const { result } = await ledger.commit(async (tx) => {
    const now = await readRecord(tx, key, authorityRecordSchema);
    const isTaken = now !== undefined && now.issuing.keyId !== known?.issuing.keyId;
    if (!isTaken) {
      await tx.put(key, next);
    }
    const properties = { vault: vault.uid, issuing: (isTaken ? now : next).issuing.keyId };
    const event = systemEvent("CertificateAuthorityCreate", at, properties);
    return { event, result: isTaken ? now : next };
  });
  return result;
}
