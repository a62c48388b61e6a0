// SPDX-License-Identifier: Apache-2.0
/** SEV-SNP reports as messages of Protocol Buffers: go-sev-guest's `sevsnp.Attestation` and `sevsnp.Report`, alone or in go-tpm-tools' messages. */

import { concatBytes } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { bytesOf } from "../protobuf-fields.ts";
import { type ProtobufMessage, readProtobufMessage } from "../protobuf-message.ts";

/** A report with the certificates that came with it, which nobody verified. */
export interface SnpMessage {
  readonly report: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/** Members that hold a `sevsnp.Attestation`: of `attest.Attestation`, of `attest.SevSnpSvsmAttestation`. */
const holders = [8, 2] as const;

/** VCEK, ASK, ARK, VLEK. */
const chainFields = [1, 2, 3, 6] as const;

/** The report's bytes and certificates. @throws {StrongroomError} `EvidenceMalformed` if the bytes are no such message. */
export function readSnpMessage(bytes: Uint8Array): SnpMessage {
  const outer = readProtobufMessage(bytes);
  if (typeof outer.fields.get(1)?.[0] === "bigint") {
    return { report: joinReport(outer), certificates: [] };
  }
  const nested = holders.flatMap((field) => bytesOf(outer.fields, field));
  const found = [bytes, ...nested].map((one) => ifWellFormed(() => readAttestation(one)));
  const message = found.find((one) => one !== undefined);
  if (message === undefined) {
    throw malformed("a message without a report");
  }
  return message;
}

function readAttestation(bytes: Uint8Array): SnpMessage {
  const message = readProtobufMessage(bytes);
  const report = joinReport(message.message(1));
  const chain = message.fields.has(2) ? message.message(2).fields : new Map();
  return { report, certificates: chainFields.flatMap((field) => bytesOf(chain, field)) };
}

/** AMD 56860, table "ATTESTATION_REPORT"; reserved bytes are not in the message, and taken for zero. */
function joinReport({ number, bytes }: ProtobufMessage): Uint8Array {
  return concatBytes(
    ...[number(1, 4), number(2, 4), number(3, 8), bytes(4, 16), bytes(5, 16), number(6, 4)],
    ...[number(7, 4), number(8, 8), number(9, 8), number(10, 4), zeros(4), bytes(11, 64)],
    ...[bytes(12, 48), bytes(13, 32), bytes(14, 48), bytes(15, 48), bytes(16, 32), bytes(17, 32)],
    ...[number(18, 8), readProcessor(number(29, 4)), zeros(21), bytes(19, 64), number(20, 8)],
    ...[number(21, 1), number(22, 1), number(23, 1), zeros(1)],
    ...[number(24, 1), number(25, 1), number(26, 1), zeros(1), number(27, 8)],
    ...[number(30, 8), number(31, 8), zeros(152), bytes(28, 512)],
  );
}

/** Family, model and stepping of what CPUID says, zero in reports that have none. */
function readProcessor([low = 0, family = 0, extended = 0, high = 0]: Uint8Array): Uint8Array {
  const extendedFamily = ((high & 0x0f) << 4) | (extended >> 4);
  const model = ((extended & 0x0f) << 4) | (low >> 4);
  return Uint8Array.of(extendedFamily + (family & 0x0f), model, low & 0x0f);
}

function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}
