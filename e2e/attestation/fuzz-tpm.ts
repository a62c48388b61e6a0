// SPDX-License-Identifier: Apache-2.0
/** Parsers of TPMs' structures, and of files that other people's tools write about them. */

import { generateKeyPairSync, sign } from "node:crypto";
import { toHex } from "@strongroom/core";
import { ekChain } from "../../packages/attestation/src/__fixtures__/ek-chain.ts";
import {
  ecdsaKey,
  rsaKey,
} from "../../packages/attestation/src/__fixtures__/test-attestation-key.ts";
import { encodeEventLog } from "../../packages/attestation/src/__fixtures__/test-event-log.ts";
import { pcrValue, quoteCase } from "../../packages/attestation/src/__fixtures__/test-quote.ts";
import {
  azureQuoteFile,
  enactTrustToken,
  parsecEvidence,
  parsecPlatform,
  protobufField,
  protobufQuote,
  selectedPcrs,
} from "../../packages/attestation/src/__fixtures__/tpm-files.ts";
import { readProtobuf } from "../../packages/attestation/src/protobuf-fields.ts";
import { parseStrictJson } from "../../packages/attestation/src/strict-json.ts";
import { readAttestationMessage } from "../../packages/attestation/src/tpm/attestation-message.ts";
import { readSignatures } from "../../packages/attestation/src/tpm/bare-signature.ts";
import {
  collectTpmEvidence,
  collectTpmKeys,
} from "../../packages/attestation/src/tpm/collect-tpm-evidence.ts";
import { readKeylimeQuote } from "../../packages/attestation/src/tpm/keylime-quote.ts";
import { openTpmFile } from "../../packages/attestation/src/tpm/open-tpm-file.ts";
import { parseTpmPublic } from "../../packages/attestation/src/tpm/parse-tpm-public.ts";
import { parseTpmQuote } from "../../packages/attestation/src/tpm/parse-tpm-quote.ts";
import { parseTpmSignature } from "../../packages/attestation/src/tpm/parse-tpm-signature.ts";
import { readParsecEvidence } from "../../packages/attestation/src/tpm/parsec-evidence.ts";
import {
  readPcrListing,
  readSerializedPcrs,
} from "../../packages/attestation/src/tpm/pcr-files.ts";
import { parsePcrBanks } from "../../packages/attestation/src/tpm/pcr-values.ts";
import { readSerializedQuote } from "../../packages/attestation/src/tpm/serialized-quote.ts";
import { bytesOf, type FuzzTarget, json, target, textOf } from "./fuzz-target.ts";

const [ec, rsa] = [ecdsaKey(), rsaKey("rsassa")];
const { evidence } = quoteCase({}, ec);
const signed = { message: evidence.quote, signature: evidence.signature };

/** All of them. */
export function tpmTargets(): readonly FuzzTarget[] {
  return [...structures(), ...files()];
}

function structures(): readonly FuzzTarget[] {
  const { publicKey: p256, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const bare = new Uint8Array(sign("sha256", evidence.quote, privateKey));
  const pcrs = (bytes: Uint8Array) => parsePcrBanks(parseStrictJson(bytes) as never);
  return [
    target("TPM quote", parseTpmQuote, 100, evidence.quote),
    target("TPM public area", parseTpmPublic, 100, ec.akPublic, rsa.akPublic),
    target("TPM signature", parseTpmSignature, 100, evidence.signature, rsa.sign(evidence.quote)),
    target("PCR values", pcrs, 30, json(evidence.pcrs)),
    target("bare signature", (bytes) => readSignatures(bytes, p256), 30, bare, evidence.signature),
  ];
}

function files(): readonly FuzzTarget[] {
  const message = [protobufField(2, protobufQuote(signed)), protobufField(1, ec.akPublic)];
  const protobuf = new Uint8Array(Buffer.concat(message));
  const azure = azureQuoteFile(signed, 1, pcrValue(0));
  const parsec = parsecEvidence(parsecPlatform(signed));
  const token = enactTrustToken(evidence.quote, evidence.signature);
  const pcrs = selectedPcrs([pcrValue(0), pcrValue(9), pcrValue(23, "sha1")]);
  const listing = bytesOf(
    `sha256:\n  0 : 0x${toHex(pcrValue(0))}\n  pcr1: ${toHex(pcrValue(1))}\n`,
  );
  const agent = json({
    ...{ quote: toHex(evidence.quote), sig: [...evidence.signature], pcrs: evidence.pcrs },
    evidence: { ak_pub_hex: toHex(ec.akPublic), event_log: toHex(encodeEventLog([])) },
  });
  // Values in the order of what the quote selects, of no bank by name, and bare in a file.
  const rows = [0, 7, 23].map((index) => toHex(pcrValue(index)));
  const listed = json({ quote: toHex(evidence.quote), sig: [...evidence.signature], pcrs: rows });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const answer = `r${[evidence.quote, evidence.signature, pcrs].map(base64).join(":")}`;
  const [keylime, keylimeQuote] = [json({ results: { quote: answer } }), bytesOf(answer)];
  const row = new Uint8Array(Buffer.from(rows.join(""), "hex"));
  const all = [agent, token, protobuf, azure, parsec, pcrs, listing, ec.akPublic] as const;
  return [
    target("Protocol Buffers", readProtobuf, 60, protobuf, protobufQuote(signed)),
    target("go-tpm-tools message", readAttestationMessage, 40, protobuf),
    target("az-cvm-vtpm quote", readSerializedQuote, 60, azure),
    target("Parsec evidence", readParsecEvidence, 30, parsec),
    target("tpm2-tools registers", readSerializedPcrs, 40, pcrs),
    target("register listing", (bytes) => readPcrListing(textOf(bytes)), 40, listing),
    target("TPM file", openTpmFile, 10, evidence.quote, evidence.signature, ...all),
    target("TPM agent's JSON", openTpmFile, 10, agent, listed, dump(), keylime),
    target("Keylime's quote", (bytes) => readKeylimeQuote(textOf(bytes)), 20, keylimeQuote),
    target(
      "keys in TPM files",
      (bytes) => collectTpmKeys([bytes]),
      5,
      ec.akPublic,
      spki(),
      padded(),
    ),
    target(
      "TPM files together",
      (bytes) => collectTpmEvidence([evidence.quote, evidence.signature, bytes]),
      5,
      row,
      ...all,
    ),
  ];
}

/** Of go-attestation. */
function dump(): Uint8Array {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const registers = [
    { Index: 0, Digest: base64(pcrValue(0)), DigestAlg: 5 },
    { Index: 7, Digest: base64(pcrValue(7, "sha1")), DigestAlg: 3 },
  ];
  return json({
    Static: { TPMVersion: 2, EKPem: null },
    AK: { Public: base64(ec.akPublic) },
    Quote: { Quote: base64(evidence.quote), Signature: base64(evidence.signature) },
    Log: { PCRs: registers, Raw: base64(encodeEventLog([])) },
  });
}

/** A certificate as it is in NV memory that is longer. */
function padded(): Uint8Array {
  return new Uint8Array(Buffer.concat([ekChain().leaf, new Uint8Array(16)]));
}

function spki(): Uint8Array {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return bytesOf(String(publicKey.export({ type: "spki", format: "pem" })));
}
