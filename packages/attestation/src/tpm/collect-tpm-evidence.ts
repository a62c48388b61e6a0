// SPDX-License-Identifier: Apache-2.0
/** Puts together what was found in any number of files about one TPM: quotes with their signatures and values. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { malformed } from "../byte-reader.ts";
import { digestBytes } from "./algorithms.ts";
import { openTpmFile } from "./open-tpm-file.ts";
import { parseTpmQuote } from "./parse-tpm-quote.ts";
import { toBanks } from "./pcr-files.ts";
import type { PcrBanks } from "./pcr-values.ts";
import type { SignedQuote, TpmItem } from "./tpm-file-items.ts";

/** What may be, or vouch for, attestation keys. */
export interface TpmKeys {
  /** TPMT_PUBLIC. */
  readonly publicAreas: readonly Uint8Array[];
  readonly keys: readonly KeyObject[];
  /** DER. */
  readonly certificates: readonly Uint8Array[];
}

/** Everything that was sent about one TPM; nothing of it is verified. */
export interface TpmEvidence extends TpmKeys {
  readonly quotes: readonly SignedQuote[];
  readonly eventLogs: readonly Uint8Array[];
}

/** Files that one TPM's evidence comes in. */
const most = 64;

/** @throws {StrongroomError} `EvidenceMalformed` if a file is nothing of a TPM, or a quote has no signature. */
export function collectTpmEvidence(files: readonly Uint8Array[]): TpmEvidence {
  const items = files.slice(0, most).flatMap(openTpmFile);
  const ofKind = <K extends TpmItem["kind"]>(kind: K) => itemsOf(items, kind);
  const values = ofKind("pcrs").map(({ banks }) => banks);
  const opaque = ofKind("opaque").map(({ bytes }) => bytes);
  const loose = pair(ofKind("quote"), ofKind("signature"), opaque);
  const quotes = [...ofKind("signed-quote"), ...loose].map((quote) => ({
    message: quote.message,
    signature: quote.signature,
    pcrs: quote.pcrs ?? findValues(quote, values, opaque),
  }));
  return { quotes, ...toKeys(items), eventLogs: ofKind("event-log").map(({ log }) => log) };
}

/** The keys and certificates in files; whatever else they hold is passed over. */
export function collectTpmKeys(files: readonly Uint8Array[]): TpmKeys {
  return toKeys(files.slice(0, most).flatMap(openTpmFile));
}

function toKeys(items: readonly TpmItem[]): TpmKeys {
  return {
    publicAreas: itemsOf(items, "public").map(({ encoded }) => encoded),
    keys: itemsOf(items, "spki").map(({ der }) => toKey(der)),
    certificates: itemsOf(items, "certificate").map(({ der }) => der),
  };
}

function itemsOf<K extends TpmItem["kind"]>(items: readonly TpmItem[], kind: K) {
  return items.filter((item): item is Extract<TpmItem, { readonly kind: K }> => item.kind === kind);
}

type Loose = Pick<SignedQuote, "message" | "signature" | "pcrs">;

/** The n-th quote goes with the n-th signature, whichever way that is written. */
function pair(
  quotes: readonly { readonly message: Uint8Array }[],
  signatures: readonly { readonly value: Uint8Array }[],
  opaque: readonly Uint8Array[],
): readonly Loose[] {
  const bare = signatures.length === 0 ? opaque : signatures.map(({ value }) => value);
  return quotes.map(({ message }, index) => {
    const signature = bare[index];
    if (signature === undefined) {
      throw malformed("a quote without a signature");
    }
    return { message, signature, pcrs: undefined };
  });
}

/** Values of the banks that the quote selects; what else was given is about other quotes. */
function findValues(
  { message, signature }: Loose,
  values: readonly PcrBanks[],
  opaque: readonly Uint8Array[],
): PcrBanks | undefined {
  const { selections } = parseTpmQuote(message);
  const banks = selections.map(({ bank }) => bank);
  const given = values.find((one) => banks.every((bank) => Object.hasOwn(one, bank)));
  if (given !== undefined) {
    return Object.fromEntries(
      Object.entries(given).filter(([bank]) => banks.some((b) => b === bank)),
    );
  }
  const registers = selections.flatMap(({ bank, indexes }) =>
    indexes.map((index) => ({ bank, index })),
  );
  const total = registers.reduce((sum, { bank }) => sum + digestBytes[bank], 0);
  const row = opaque.find((bytes) => bytes !== signature && bytes.length === total && total > 0);
  return (
    row &&
    toBanks(
      registers,
      split(
        row,
        registers.map(({ bank }) => digestBytes[bank]),
      ),
    )
  );
}

function split(row: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const ends = sizes.map((_, index) =>
    sizes.slice(0, index + 1).reduce((sum, one) => sum + one, 0),
  );
  return ends.map((end, index) => row.slice(end - (sizes[index] ?? 0), end));
}

function toKey(der: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
  } catch (cause) {
    throw malformed("not a public key", cause);
  }
}
