// SPDX-License-Identifier: Apache-2.0
/**
 * The custodians' part of a recovery, which needs no network: their shares, encrypted anew to the exchange key.
 *
 * All of a quorum may meet at one machine, or each add a share on their own: no machine but the HSM host's ever has what
 * the shares are of.
 */

import { createPublicKey, type KeyObject } from "node:crypto";
import { type TransferKey, transferKeySchema } from "@strongroom/api";
import { fromBase64url, parseJson, StrongroomError, toBase64url } from "@strongroom/core";
import {
  addShares,
  decodeDomain,
  decodeRestore,
  encodeRestore,
  keyDigest,
  openCustodianKey,
  type Restore,
  startRestore,
} from "@strongroom/hsm/domain";
import { readText } from "../connection.ts";
import { CommandError } from "../terminal.ts";
import { readValue } from "./files.ts";

/** What the command is told. */
export interface RestoreOptions {
  readonly domain: string;
  readonly exchangeKey: string;
  readonly fingerprint: string;
  readonly key: readonly string[];
  readonly passphraseFile?: string;
  readonly addTo?: string;
}

/** A restore file with the shares of these keys, base64url, and what it lacks yet. */
export async function makeRestore(
  options: RestoreOptions,
): Promise<{ readonly value: string; readonly missing: number }> {
  const exchangeKey = await readExchangeKey(options);
  const passphrase =
    options.passphraseFile === undefined ? undefined : await readValue(options.passphraseFile);
  let restore = await begin(options, exchangeKey);
  for (const file of options.key) {
    const custodian = openKey(await readText(file), file, passphrase);
    restore = addShares(restore, exchangeKey, custodian);
  }
  return { value: toBase64url(encodeRestore(restore)), missing: missingFrom(restore) };
}

// Whoever stands between the HSM and the custodians could send a key of their own: the host's log is another way.
async function readExchangeKey(options: RestoreOptions): Promise<KeyObject> {
  const { transfer_key: jwk } = parseTransferKey(await readText(options.exchangeKey), options);
  const { kty, n, e } = jwk;
  const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
  if (keyDigest(key) !== options.fingerprint.replaceAll(":", "").toLowerCase()) {
    throw new CommandError(
      "Forbidden",
      "the exchange key has another fingerprint than was given",
      'compare with the line "exchange key" in the log of the HSM host itself',
    );
  }
  return key;
}

function parseTransferKey(text: string, { exchangeKey }: RestoreOptions): TransferKey {
  try {
    return transferKeySchema.parse(parseJson(text));
  } catch {
    throw new CommandError("BadParameter", `${exchangeKey} holds no exchange key`);
  }
}

async function begin(options: RestoreOptions, exchangeKey: KeyObject): Promise<Restore> {
  return options.addTo === undefined
    ? startRestore(decodeDomain(fromBase64url(await readValue(options.domain))), exchangeKey)
    : decodeRestore(fromBase64url(await readValue(options.addTo)));
}

function openKey(pem: string, file: string, passphrase: string | undefined): KeyObject {
  try {
    return openCustodianKey(pem, passphrase);
  } catch (error) {
    if (error instanceof StrongroomError) {
      throw new CommandError(
        "BadParameter",
        `${file}: ${error.message}`,
        "--passphrase-file names a file with its passphrase",
      );
    }
    throw error;
  }
}

function missingFrom({ domain, shares }: Restore): number {
  const lacking = domain.map(
    ({ number, required }) =>
      required - shares.filter(({ generation }) => generation === number).length,
  );
  return Math.max(0, ...lacking);
}
