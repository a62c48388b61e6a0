// SPDX-License-Identifier: Apache-2.0
/** TDX quotes as messages of go-tdx-guest, `tdx.proto`. */

import { type Layout, protobuf, takeFields, toNumber } from "./protobuf.ts";

const header: Layout = [
  ...([
    [1, 2, "n"],
    [2, 2, "n"],
    [3, 4, "n"],
    [5, 2],
    [4, 2],
    [6, 16],
    [7, 20],
  ] as const),
];

const body: Layout = [
  ...([
    [1, 16],
    [2, 48],
    [3, 48],
    [4, 8],
    [5, 8],
    [6, 8],
    [7, 48],
    [8, 48],
    [9, 48],
  ] as const),
  ...([
    [10, 48],
    [11, 48],
    [11, 48],
    [11, 48],
    [11, 48],
    [12, 64],
  ] as const),
];

const enclave: Layout = [
  ...([
    [1, 16],
    [2, 4, "n"],
    [3, 28],
    [4, 16],
    [5, 32],
    [6, 32],
    [7, 32],
    [8, 96],
  ] as const),
  ...([
    [9, 2, "n"],
    [10, 2, "n"],
    [11, 60],
    [12, 64],
  ] as const),
];

/** `tdx.QuoteV4` or `tdx.QuoteV5` of a TD's quote with a chain of certificates. */
export function tdxQuoteMessage(quote: Uint8Array): Uint8Array {
  const { fields: head, rest } = takeFields(quote, header);
  const { message, rest: signed } = quote[0] === 4 ? bodyMessage(rest) : typedBodyMessage(rest);
  const length = Number(toNumber(signed.slice(0, 4)));
  const extra = signed.slice(4 + length);
  return protobuf(
    ...([
      [1, protobuf(...head)],
      [2, message],
      [3, BigInt(length)],
    ] as const),
    [4, signatureMessage(signed.slice(4, 4 + length))],
    ...(extra.length > 0 ? [[5, extra] as const] : []),
  );
}

function bodyMessage(bytes: Uint8Array) {
  const { fields, rest } = takeFields(bytes, body);
  return { message: protobuf(...fields), rest };
}

function typedBodyMessage(bytes: Uint8Array) {
  const { fields: described, rest: typed } = takeFields(bytes, [
    [1, 2, "n"],
    [2, 4, "n"],
  ]);
  const since15: Layout =
    bytes[0] === 3
      ? [
          [13, 16],
          [14, 48],
        ]
      : [];
  const { fields, rest } = takeFields(typed, [...body, ...since15]);
  return { message: protobuf(...described, [3, protobuf(...fields)]), rest };
}

function signatureMessage(bytes: Uint8Array): Uint8Array {
  const { fields, rest } = takeFields(bytes, [
    [1, 64],
    [2, 64],
  ]);
  const { fields: certification, rest: certified } = takeFields(rest, [
    [1, 2, "n"],
    [2, 4, "n"],
  ]);
  const { fields: report, rest: signed } = takeFields(certified, enclave);
  const { fields: qe, rest: authenticated } = takeFields(signed, [
    [2, 64],
    [0, 2],
  ]);
  const length = Number(toNumber(signed.slice(64, 66)));
  const { fields: chain, rest: pem } = takeFields(authenticated.slice(length), [
    [1, 2, "n"],
    [2, 4, "n"],
  ]);
  const authentication = protobuf([1, BigInt(length)], [2, authenticated.slice(0, length)]);
  const inner = protobuf(...([[1, protobuf(...report)], ...qe, [3, authentication]] as const), [
    4,
    protobuf(...chain, [3, pem]),
  ]);
  return protobuf(...fields, [3, protobuf(...certification, [3, inner])]);
}
