// SPDX-License-Identifier: Apache-2.0
/** TDX quotes as messages of Protocol Buffers: `tdx.QuoteV4` and `tdx.QuoteV5` of go-tdx-guest, alone or in go-tpm-tools' `attest.Attestation`. */

import { concatBytes } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { bytesOf } from "../protobuf-fields.ts";
import { type ProtobufMessage, readProtobufMessage } from "../protobuf-message.ts";

/** The member of `attest.Attestation`. */
const tdxAttestation = 9;

/**
 * The quote's bytes. Lengths are those that the message says: parsing compares them with what is there.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if the bytes are no such message.
 */
export function readQuoteMessage(bytes: Uint8Array): Uint8Array {
  const message = readProtobufMessage(bytes);
  const [nested] = bytesOf(message.fields, tdxAttestation);
  const quote = nested === undefined ? message : readProtobufMessage(nested);
  const header = quote.message(1);
  const [version] = header.number(1, 2);
  if (version !== 4 && version !== 5) {
    throw malformed("a message of a quote of another version");
  }
  const body = quote.message(2);
  return concatBytes(
    joinHeader(header),
    version === 4 ? joinBody(body) : joinTypedBody(body),
    quote.number(3, 4),
    joinSignature(quote.message(4)),
    ifWellFormed(() => quote.bytes(5)) ?? new Uint8Array(),
  );
}

// The names of the two versions are exchanged there; their order is that of the numbers in neither.
function joinHeader({ number, bytes }: ProtobufMessage): Uint8Array {
  return concatBytes(
    ...[number(1, 2), number(2, 2), number(3, 4)],
    ...[bytes(5, 2), bytes(4, 2), bytes(6, 16), bytes(7, 20)],
  );
}

function joinBody({ bytes, fields }: ProtobufMessage): Uint8Array {
  const rtmrs = bytesOf(fields, 11);
  if (rtmrs.length !== 4 || !rtmrs.every(({ length }) => length === 48)) {
    throw malformed("a message of a quote with other registers than four");
  }
  return concatBytes(
    ...[bytes(1, 16), bytes(2, 48), bytes(3, 48), bytes(4, 8), bytes(5, 8), bytes(6, 8)],
    ...[bytes(7, 48), bytes(8, 48), bytes(9, 48), bytes(10, 48), ...rtmrs, bytes(12, 64)],
  );
}

/** Type 3 is of TDX 1.5. */
function joinTypedBody(descriptor: ProtobufMessage): Uint8Array {
  const type = descriptor.number(1, 2);
  const body = descriptor.message(3);
  const since15 = type[0] === 3 ? [body.bytes(13, 16), body.bytes(14, 48)] : [];
  return concatBytes(type, descriptor.number(2, 4), joinBody(body), ...since15);
}

function joinSignature({ bytes, message }: ProtobufMessage): Uint8Array {
  const certification = message(3);
  const qe = certification.message(3);
  const authentication = qe.message(3);
  const chain = qe.message(4);
  return concatBytes(
    ...[bytes(1, 64), bytes(2, 64), certification.number(1, 2), certification.number(2, 4)],
    ...[joinEnclaveReport(qe.message(1)), qe.bytes(2, 64)],
    ...[authentication.number(1, 2), authentication.bytes(2)],
    ...[chain.number(1, 2), chain.number(2, 4), chain.bytes(3)],
  );
}

function joinEnclaveReport({ bytes, number }: ProtobufMessage): Uint8Array {
  return concatBytes(
    ...[bytes(1, 16), number(2, 4), bytes(3, 28), bytes(4, 16), bytes(5, 32), bytes(6, 32)],
    ...[bytes(7, 32), bytes(8, 96), number(9, 2), number(10, 2), bytes(11, 60), bytes(12, 64)],
  );
}
