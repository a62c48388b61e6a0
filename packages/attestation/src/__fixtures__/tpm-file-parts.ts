// SPDX-License-Identifier: Apache-2.0
/** Parts of files about TPMs. */

import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { concatBytes, toHex } from "@strongroom/core";
import { ekChain } from "./ek-chain.ts";
import { rsaKey } from "./test-attestation-key.ts";
import { encodeEventLog } from "./test-event-log.ts";
import { encodeQuote, pcrValue } from "./test-quote.ts";
import { azureQuoteFile, enactTrustToken, protobufField } from "./tpm-files.ts";

/** The attestation key. */
export const key = rsaKey("rsassa");
/** A quote. */
export const message = encodeQuote();
/** Its signature. */
export const signature = key.sign(message);
/** A fresh EC key. */
export const spki = (namedCurve: string) =>
  new Uint8Array(
    generateKeyPairSync("ec", { namedCurve }).publicKey.export({ type: "spki", format: "der" }),
  );
/** A fresh RSA key. */
export const rsaSpki = new Uint8Array(
  createPublicKey(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey).export({
    ...{ type: "spki", format: "der" },
  }),
);
/** An endorsement key's certificate. */
export const { leaf } = ekChain();
/** The same with bytes behind it. */
export const padded = (fill: number) => concatBytes(leaf, new Uint8Array(9).fill(fill));
/** An empty event log. */
export const log = encodeEventLog([]);
/** What a file may be when it is nothing else. */
export const opaque = (bytes: Uint8Array) => [{ kind: "opaque", bytes }];
/** Values of two registers. */
export const values = concatBytes(pcrValue(0), pcrValue(1));
/** Two values in hexadecimal. */
export const [zeroth, first] = [pcrValue(0), pcrValue(1)].map(toHex) as [string, string];
/** The two, by bank. */
export const bothPcrs = { sha256: { "0": zeroth, "1": first } };

/** Quote and signature. */
export const signed = { message, signature };
/** Veraison's file of a quote. */
export const token = (...behind: readonly Uint8Array[]) => enactTrustToken(message, ...behind);
/** Azure's file of a quote with values. */
export const serialized = (count: number, ...behind: readonly Uint8Array[]) =>
  azureQuoteFile(signed, count, ...behind);
/** A field of Protocol Buffers. */
export const field = protobufField;
/** Twelve registers. */
export const twelve = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** Values of three registers. */
export const threeValues = [pcrValue(0), pcrValue(9), pcrValue(23, "sha1")];
