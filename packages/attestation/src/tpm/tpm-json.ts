// SPDX-License-Identifier: Apache-2.0
/** JSON in which agents and tools put quotes: one or several, with signature, PCR values, key, certificates and log. */

import { utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";
import { decodeText, fromNumbers } from "../text-encodings.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { readGoAttestationDump } from "./go-attestation-dump.ts";
import { readKeylimeQuote } from "./keylime-quote.ts";
import { readPcrJson } from "./pcr-json.ts";
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

const ending = /_(?:b64|base64|hex|pem|tpmt_hex)$/u;

/** Members that hold quotes, or a whole evidence. */
const containers = [
  ...["quotes", "tpm_quote", "quote", "evidence", "attestation", "results"],
] as const;

const depth = 4;

/** Bytes of a file: with the event log of a workstation in it, some 200 KB; with what its kernel measured, megabytes. */
const longest = 4_194_304;

/**
 * What is looked at of a file: objects, values of keys, certificates, logs and quotes, registers. Real ones have a dozen of
 * the first two, and 24 registers a bank. Each takes some microseconds, so that without a bound a file of MiBs took long.
 */
const most = { objects: 256, values: 256, registers: 1024 } as const;

/** What the text holds. @throws {StrongroomError} `EvidenceMalformed` if it is no JSON, or has nothing of a TPM, or too much. */
export function readTpmJson(
  text: string,
  open: (bytes: Uint8Array) => readonly TpmItem[],
): readonly TpmItem[] {
  const json = parseStrictJson(utf8(text), longest);
  const dump = isJsonObject(json) ? readGoAttestationDump(json) : undefined;
  const found = dump ?? readAllOf(json, open);
  if (found.length === 0) {
    throw malformed("json with nothing of a tpm");
  }
  return found;
}

/** Quotes and values first, as they are looked for by kind and not by place. */
function readAllOf(
  json: unknown,
  open: (bytes: Uint8Array) => readonly TpmItem[],
): readonly TpmItem[] {
  const count = { values: countTo(most.values), registers: countTo(most.registers) };
  const objects = [...findObjects(json, depth, countTo(most.objects))].map((one) => ({
    json: one,
    read: reader(one, count.values),
  }));
  const quotes = objects.flatMap((one) => readQuote(one, count.registers));
  const others = objects
    .flatMap(({ read }) => [names.key, names.certificate, names.log].flatMap(read))
    .flatMap(open);
  return [...quotes, ...others];
}

type Count = (more: number) => void;

function countTo(limit: number): Count {
  let counted = 0;
  return (more) => {
    counted += more;
    if (counted > limit) {
      throw malformed("json with too much of a tpm");
    }
  };
}

/** Objects that may be evidence: the outer one, and those in containers, no deeper than any has them. */
function* findObjects(value: unknown, left: number, count: Count): Generator<JsonObject> {
  if (left === 0) {
    return;
  }
  if (Array.isArray(value)) {
    for (const one of value.filter((each) => typeof each === "object")) {
      yield* findObjects(one, left - 1, count);
    }
  } else if (isJsonObject(value)) {
    count(1);
    yield value;
    for (const name of containers) {
      yield* findObjects(value[name], left - 1, count);
    }
  }
}

interface Evidence {
  readonly json: JsonObject;
  readonly read: (known: readonly string[]) => readonly Uint8Array[];
}

function readQuote({ json, read }: Evidence, count: Count): readonly TpmItem[] {
  const { quote } = json;
  const ofAgent = typeof quote === "string" ? readKeylimeQuote(quote) : undefined;
  if (ofAgent !== undefined) {
    return [ofAgent];
  }
  const [message] = read(names.message);
  const [signature] = read(names.signature);
  const banks = readPcrJson(json, message, count);
  return message !== undefined && signature !== undefined
    ? [{ kind: "signed-quote", message, signature, pcrs: banks }]
    : banks === undefined
      ? []
      : [{ kind: "pcrs", banks }];
}

/** Reads the members of given names, each written as text in any form, as a list of numbers, or as a list of texts. */
function reader(json: JsonObject, count: Count): Evidence["read"] {
  const members = Object.entries(json).map(
    ([name, value]) => [name.replace(ending, ""), value] as const,
  );
  return (known) =>
    members.filter(([name]) => known.includes(name)).flatMap(([, value]) => toBytes(value, count));
}

function toBytes(value: unknown, count: Count): readonly Uint8Array[] {
  if (typeof value === "string") {
    const found = value.startsWith("-----BEGIN ")
      ? parsePemBlocks(value).map(({ der }) => der)
      : [decodeText(value) ?? []].flat();
    count(found.length);
    return found;
  }
  if (!Array.isArray(value) || value.length === 0) {
    return [];
  }
  const listed = fromNumbers(value);
  count(listed === undefined ? 0 : 1);
  const texts = value.filter((one) => typeof one === "string");
  return listed === undefined ? texts.flatMap((one) => toBytes(one, count)) : [listed];
}
