// SPDX-License-Identifier: Apache-2.0
/** The four ceremonies, on a copy of the token. */

import { createPublicKey } from "node:crypto";
import { equalBytes, SecretBytes, StrongroomError, writeDurably } from "@strongroom/core";
import { installKeks, wrapNewKeks } from "../ceremony/carry-generation.ts";
import { asUser, type CeremonyPins } from "../ceremony/ceremony-session.ts";
import { makeGeneration } from "../ceremony/make-generation.ts";
import {
  destroyOlder,
  openPresent,
  type PresentToken,
  requireRoom,
} from "../ceremony/present-token.ts";
import { keyDigest, type Quorum, requireQuorum } from "../domain/custodians.ts";
import type { Domain } from "../domain/domain-file.ts";
import { type OpenedGeneration, openRestore } from "../domain/open-restore.ts";
import type { Restore } from "../domain/restore-file.ts";
import { sealGeneration } from "../domain/seal-generation.ts";
import { kekNames } from "../token/keks.ts";
import { openToken } from "../token/open-token.ts";
import type { Pkcs11 } from "../token/pkcs11.ts";
import { randomBytes } from "../token/primitives.ts";
import type { OpenGeneration, OpenToken } from "../token/token.ts";
import type { CeremonyRequest } from "./ceremony-request.ts";
import type { DataFolder } from "./data-folder.ts";
import { requireExchangeKey } from "./exchange-key.ts";
import { readDomain, storeDomain } from "./stored-domain.ts";

/** A ceremony under way. */
export interface Ceremony {
  /** Loaded for the copy. */
  readonly module: Pkcs11;
  readonly pins: CeremonyPins;
  readonly folder: DataFolder;
}

const domainKeyBytes = 32;

/** The first keys, recoverable by `quorum`. @throws {StrongroomError} `Conflict` if there are keys already. */
export async function activate(ceremony: Ceremony, quorum: Quorum): Promise<void> {
  await addGeneration(ceremony, requireNoKeys(ceremony), quorum, []);
}

/** The keys of a domain, on a token without keys. @throws {StrongroomError} `Conflict`, `BadParameter` */
export async function recover(ceremony: Ceremony, restore: Restore): Promise<void> {
  const { session } = requireNoKeys(ceremony);
  const opened = await openForUs(ceremony, restore);
  // The oldest first, as they were made.
  for (const { generation, domainKey } of [...opened].reverse()) {
    installKeks(session, generation.wrapped, domainKey.reveal(), generation.number);
    domainKey[Symbol.dispose]();
  }
  const token = openAfter(ceremony);
  requireSameKeys(token, restore.domain);
  await storeDomain(ceremony.folder.next.domain, token, restore.domain);
  // Heads were anchored on the volume that was lost.
  await writeDurably(ceremony.folder.next.recovered, "", 0o600);
}

/**
 * Another generation. A token without a domain gets one if `quorum` is given; a token that has one keeps its custodians,
 * unless a quorum of them takes part (`restore`).
 */
export async function rotate(
  ceremony: Ceremony,
  { quorum, restore }: Extract<CeremonyRequest, { readonly kind: "rotate" }>,
): Promise<void> {
  const domain = readPresentDomain(ceremony);
  const present = openPresent(ceremony.module, ceremony.pins);
  requireRoom(present);
  if (domain === undefined && quorum === undefined) {
    makeGeneration(present.session, present.newest + 1);
    openAfter(ceremony);
    return;
  }
  if (domain !== undefined && quorum !== undefined) {
    await requirePresentQuorum(ceremony, domain, restore);
  }
  await addGeneration(ceremony, present, quorum ?? quorumOf(domain), domain ?? []);
}

/** Destroys every generation but the newest. @throws {StrongroomError} `Conflict` if there is no other. */
export async function retire(ceremony: Ceremony): Promise<void> {
  const domain = readPresentDomain(ceremony);
  const present = openPresent(ceremony.module, ceremony.pins);
  destroyOlder(present);
  const token = openAfter(ceremony);
  if (domain !== undefined) {
    const kept = domain.filter(({ number }) => number === present.newest);
    await storeDomain(ceremony.folder.next.domain, token, kept);
  }
}

async function addGeneration(
  ceremony: Ceremony,
  { session, newest }: PresentToken,
  quorum: Quorum,
  older: Domain,
): Promise<void> {
  const number = newest + 1;
  using domainKey = new SecretBytes(asUser(session, () => randomBytes(session, domainKeyBytes)));
  const wrapped = wrapNewKeks(session, domainKey.reveal());
  installKeks(session, wrapped, domainKey.reveal(), number);
  const token = openAfter(ceremony);
  const keys = { number, kekIds: token.kekIds, wrapped };
  const entry = await sealGeneration(keys, quorum, domainKey.reveal());
  await storeDomain(ceremony.folder.next.domain, token, [entry, ...older]);
}

// What was made is opened as the host will open it: a token that it would refuse takes nobody's place.
function openAfter({ module, pins }: Ceremony): OpenToken {
  return openToken(module, pins.user);
}

function readPresentDomain({ module, pins, folder }: Ceremony): Domain | undefined {
  return readDomain(folder.token.domain, openToken(module, pins.user));
}

function requireNoKeys({ module, pins }: Ceremony): PresentToken {
  const present = openPresent(module, pins);
  if (present.newest > 0) {
    throw new StrongroomError("Conflict", "the HSM has its keys already");
  }
  return present;
}

async function openForUs(
  { folder }: Ceremony,
  restore: Restore,
): Promise<readonly OpenedGeneration[]> {
  const key = await requireExchangeKey(folder.exchangeKey);
  if (keyDigest(createPublicKey(key)) !== restore.exchangeKey) {
    throw new StrongroomError("BadParameter", "the shares are encrypted to another exchange key");
  }
  return await openRestore(restore, key);
}

async function requirePresentQuorum(
  ceremony: Ceremony,
  domain: Domain,
  restore: Restore | undefined,
): Promise<void> {
  const [newest] = domain;
  const [sent] = restore?.domain ?? [];
  if (restore === undefined || newest === undefined || sent === undefined) {
    const message = "other custodians need the shares of a quorum of the present ones";
    throw new StrongroomError("Forbidden", message);
  }
  if (!equalBytes(newest.mac, sent.mac)) {
    throw new StrongroomError("Forbidden", "the shares are of another security domain");
  }
  for (const { domainKey } of await openForUs(ceremony, restore)) {
    domainKey[Symbol.dispose]();
  }
}

function quorumOf(domain: Domain | undefined): Quorum {
  const [newest] = domain ?? [];
  const certificates = newest?.custodians.map(({ certificate }) => certificate) ?? [];
  return requireQuorum(certificates, newest?.required ?? 0);
}

function requireSameKeys(token: OpenToken, domain: Domain): void {
  const same = (found: OpenGeneration, wanted: Domain[number] | undefined) =>
    found.number === wanted?.number &&
    kekNames.every((name) => found.kekIds[name] === wanted.kekIds[name]);
  const { generations } = token;
  if (
    generations.length !== domain.length ||
    !generations.every((found, index) => same(found, domain[index]))
  ) {
    throw new StrongroomError("HsmRefused", "the token opened other keys than the domain names");
  }
}
