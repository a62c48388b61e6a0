// SPDX-License-Identifier: Apache-2.0
/** JSON in which agents and tools put quotes: one or several, with signature, PCR values, key, certificates and log. */

import { toHex, utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";
import { decodeText, fromNumbers } from "../text-encodings.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { toTpmHash } from "./algorithms.ts";
import { readGoAttestationDump } from "./go-attestation-dump.ts";
import { readKeylimeQuote } from "./keylime-quote.ts";
import { parseTpmQuote } from "./parse-tpm-quote.ts";
import type { PcrBanks } from "./pcr-values.ts";
import type { TpmItem } from "./tpm-file-items.ts";

/** Names under which a member is known; an ending (`_b64`, `_hex`, `_pem`) only says how it is written. */
const names = {
  message: ["message", "quote", "msg", "attest"],
  signature: ["signature", "sig", "raw_sig", "rawSig"],
  key: ["ak_pub", "ak_pub_tpmt", "akPub", "ak_public", "aik_tpm", "pubArea"],
  certificate: [
    ...["ak_cert", "akCert", "ak_cert_chain", "ek_cert", "ekCert", "ekcert"],
    ...["intermediateCerts", "intermediate_certs", "field6"],
  ],
  log: ["event_log", "eventLog", "eventlog", "mb_measurement_list"],
} as const;

/** Members that hold quotes, or a whole evidence. */
const containers = [
  ...["quotes", "tpm_quote", "quote", "evidence", "attestation", "results"],
] as const;

const depth = 4;

/** Bytes of a file: with the event log of a workstation in it, some 200 KB; with what its kernel measured, megabytes. */
const longest = 4_194_304;

/** What the text holds. @throws {StrongroomError} `EvidenceMalformed` if it is no JSON, or has nothing of a TPM. */
export function readTpmJson(
  text: string,
  open: (bytes: Uint8Array) => readonly TpmItem[],
): readonly TpmItem[] {
  const json = parseStrictJson(utf8(text), longest);
  const dump = isJsonObject(json) ? readGoAttestationDump(json) : undefined;
  const found = dump ?? readValue(json, open, depth);
  if (found.length === 0) {
    throw malformed("json with nothing of a tpm");
  }
  return found;
}

type Open = (bytes: Uint8Array) => readonly TpmItem[];

function readValue(value: unknown, open: Open, left: number): readonly TpmItem[] {
  if (Array.isArray(value)) {
    return left === 0 ? [] : value.flatMap((one) => readValue(one, open, left - 1));
  }
  return isJsonObject(value) && left > 0 ? readObject(value, open, left) : [];
}

function readObject(json: JsonObject, open: Open, left: number): readonly TpmItem[] {
  const nested = containers.flatMap((name) => readValue(json[name], open, left - 1));
  const others = [names.key, names.certificate, names.log]
    .flatMap((known) => readAll(json, known))
    .flatMap(open);
  return [...readQuote(json), ...nested, ...others];
}

function readQuote(json: JsonObject): readonly TpmItem[] {
  const { quote } = json;
  const ofAgent = typeof quote === "string" ? readKeylimeQuote(quote) : undefined;
  if (ofAgent !== undefined) {
    return [ofAgent];
  }
  const [message] = readAll(json, names.message);
  const [signature] = readAll(json, names.signature);
  const banks = readBanks(json, message);
  return message !== undefined && signature !== undefined
    ? [{ kind: "signed-quote", message, signature, pcrs: banks }]
    : banks === undefined
      ? []
      : [{ kind: "pcrs", banks }];
}

/** The members of these names, each written as text in any form, as a list of numbers, or as a list of texts. */
function readAll(json: JsonObject, known: readonly string[]): readonly Uint8Array[] {
  return Object.entries(json)
    .filter(([name]) => known.includes(name.replace(/_(?:b64|base64|hex|pem|tpmt_hex)$/u, "")))
    .flatMap(([, value]) => toBytes(value));
}

function toBytes(value: unknown): readonly Uint8Array[] {
  if (typeof value === "string") {
    return value.startsWith("-----BEGIN ")
      ? parsePemBlocks(value).map(({ der }) => der)
      : [decodeText(value) ?? []].flat();
  }
  if (!Array.isArray(value) || value.length === 0) {
    return [];
  }
  const listed = fromNumbers(value);
  const texts = value.filter((one) => typeof one === "string");
  return listed === undefined ? texts.flatMap(toBytes) : [listed];
}

/** Values by bank; where only one bank is meant, it is the one that the object or the quote names. */
function readBanks(json: JsonObject, message: Uint8Array | undefined): PcrBanks | undefined {
  const { pcrs } = json;
  if (Array.isArray(pcrs)) {
    const values = pcrs.map((one, index) => [String(index), toHexText(one)] as const);
    return { [bankOf(json, message)]: Object.fromEntries(values) };
  }
  if (!isJsonObject(pcrs)) {
    return undefined;
  }
  const { hash, pcrs: inner } = pcrs;
  if (isJsonObject(inner)) {
    return readBanks({ hash_alg: hash, pcrs: inner }, message);
  }
  const isByBank = Object.values(pcrs).every(isJsonObject);
  const banks = isByBank ? Object.entries(pcrs) : [[bankOf(json, message), pcrs] as const];
  return Object.fromEntries(
    banks.map(([bank, values]) => {
      const entries = Object.entries(isJsonObject(values) ? values : {});
      return [bank, Object.fromEntries(entries.map(([index, hex]) => [index, toHexText(hex)]))];
    }),
  );
}

function bankOf({ hash_alg: hash }: JsonObject, message: Uint8Array | undefined): string {
  const [selection] = message === undefined ? [] : parseTpmQuote(message).selections;
  if (typeof hash === "string" && /^sha\d+$/iu.test(hash)) {
    return hash.toLowerCase();
  }
  return hash === undefined ? (selection?.bank ?? "sha256") : toTpmHash(Number(hash));
}

function toHexText(value: unknown): string {
  const listed = fromNumbers(value);
  if (listed !== undefined) {
    return toHex(listed);
  }
  const text = String(value);
  const bytes = decodeText(text);
  return bytes === undefined ? text : toHex(bytes);
}
