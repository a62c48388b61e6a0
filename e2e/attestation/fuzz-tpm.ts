// SPDX-License-Identifier: Apache-2.0
/** Parsers of TPMs' structures, of files that other people's tools write about them, and of event logs. */

import { toHex } from "@strongroom/core";
import {
  ecdsaKey,
  rsaKey,
} from "../../packages/attestation/src/__fixtures__/test-attestation-key.ts";
import {
  efiVariable,
  encodeEventLog,
} from "../../packages/attestation/src/__fixtures__/test-event-log.ts";
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
import { readEfiVariable } from "../../packages/attestation/src/eventlog/efi-variable.ts";
import { isEventLog } from "../../packages/attestation/src/eventlog/is-event-log.ts";
import { parseEventLog } from "../../packages/attestation/src/eventlog/parse-event-log.ts";
import { readProtobuf } from "../../packages/attestation/src/protobuf-fields.ts";
import { parseStrictJson } from "../../packages/attestation/src/strict-json.ts";
import { readAttestationMessage } from "../../packages/attestation/src/tpm/attestation-message.ts";
import { collectTpmEvidence } from "../../packages/attestation/src/tpm/collect-tpm-evidence.ts";
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
  return [...structures(), ...files(), ...logs()];
}

function structures(): readonly FuzzTarget[] {
  const pcrs = (bytes: Uint8Array) => parsePcrBanks(parseStrictJson(bytes) as never);
  return [
    target("TPM quote", parseTpmQuote, 100, evidence.quote),
    target("TPM public area", parseTpmPublic, 100, ec.akPublic, rsa.akPublic),
    target("TPM signature", parseTpmSignature, 100, evidence.signature, rsa.sign(evidence.quote)),
    target("PCR values", pcrs, 30, json(evidence.pcrs)),
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
  const all = [agent, token, protobuf, azure, parsec, pcrs, listing, ec.akPublic] as const;
  return [
    target("Protocol Buffers", readProtobuf, 60, protobuf, protobufQuote(signed)),
    target("go-tpm-tools message", readAttestationMessage, 40, protobuf),
    target("az-cvm-vtpm quote", readSerializedQuote, 60, azure),
    target("Parsec evidence", readParsecEvidence, 30, parsec),
    target("tpm2-tools registers", readSerializedPcrs, 40, pcrs),
    target("register listing", (bytes) => readPcrListing(textOf(bytes)), 40, listing),
    target("TPM file", openTpmFile, 10, evidence.quote, evidence.signature, ...all),
    target("TPM agent's JSON", openTpmFile, 10, agent, json(evidence.pcrs)),
    target(
      "TPM files together",
      (bytes) => collectTpmEvidence([evidence.quote, bytes]),
      5,
      evidence.signature,
      ...all,
    ),
  ];
}

function logs(): readonly FuzzTarget[] {
  const variable = efiVariable("SecureBoot", Uint8Array.of(1));
  const log = encodeEventLog([{ register: 7, type: 0x80000001, data: variable }]);
  return [
    target("event log", parseEventLog, 60, log),
    target("event log, told apart", isEventLog, 60, log),
    target("UEFI variable", readEfiVariable, 60, variable),
  ];
}
