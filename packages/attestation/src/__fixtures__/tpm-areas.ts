// SPDX-License-Identifier: Apache-2.0
/** Public areas of TPMs, put together from their parts. */

import { concatBytes, fromHex, u32be } from "@strongroom/core";
import { tpm2b, u16be } from "../tpm/encode.ts";
import { akAttributes } from "./test-attestation-key.ts";

/** Zeros. */
export const zeros = (length: number) => new Uint8Array(length);

/** What follows a public area's attributes and policy: no symmetric algorithm, ECDSA with SHA-256. */
export const { none, ecdsa } = { none: u16be(0x10), ecdsa: fromHex("0018000b") };
/** A modulus of 2,048 bits. */
export const modulus = concatBytes(Uint8Array.of(0x80), zeros(255));
/** An RSA key's parts. */
export const rsaParts = (bits: number, exponent: number, number: Uint8Array) =>
  concatBytes(none, none, u16be(bits), u32be(exponent), tpm2b(number));
/** A public area. */
export const area = (type: number, rest: Uint8Array, policy = zeros(0), name = 0x000b) =>
  concatBytes(u16be(type), u16be(name), u32be(akAttributes), tpm2b(policy), rest);
/** An EC key's parts. */
export const eccParts = (curve: number, x: Uint8Array, y: Uint8Array, kdf = 0x10) =>
  concatBytes(none, ecdsa, u16be(curve), u16be(kdf), tpm2b(x), tpm2b(y));
/** One byte. */
export const one = Uint8Array.of(1);
