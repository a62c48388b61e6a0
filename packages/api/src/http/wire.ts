// SPDX-License-Identifier: Apache-2.0
/** Building blocks of the wire: bounded base64url, hexadecimal, times and tokens. */

import { z } from "zod";

/** Unpadded base64url of at most `maxBytes` bytes. */
export const base64url = (maxBytes: number) =>
  z
    .string()
    .max(Math.ceil((maxBytes * 4) / 3))
    .regex(/^[A-Za-z0-9_-]*$/);

/**
 * The same where it may be long: whoever decodes it refuses what is none, and a pattern would take longer than that.
 */
export const longBase64url = (maxBytes: number) => z.string().max(Math.ceil((maxBytes * 4) / 3));

/** Unpadded base64url of exactly `bytes` bytes. */
export const base64urlOf = (bytes: number) =>
  z
    .string()
    .length(Math.ceil((bytes * 4) / 3))
    .regex(/^[A-Za-z0-9_-]*$/);

/** Padded base64 of at most `maxBytes` bytes, as certificates travel. */
export const base64 = (maxBytes: number) =>
  z
    .string()
    .max(Math.ceil(maxBytes / 3) * 4)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** Lower-case hexadecimal of exactly `bytes` bytes. */
export const hexOf = (bytes: number) =>
  z
    .string()
    .length(bytes * 2)
    .regex(/^[0-9a-f]*$/);

/** Compact JWS or JWE of at most `maxLength` characters and `parts` parts. */
export const compact = (parts: 3 | 5, maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(parts === 3 ? /^[\w-]+\.[\w-]*\.[\w-]*$/ : /^[\w-]+(\.[\w-]*){4}$/);

/** Seconds since the epoch, as in Key Vault and in tokens. */
export const intDate = z.int().min(0).max(253_402_300_799);

/** Milliseconds since the epoch. */
export const milliTime = z.int().min(0);

/** Non-negative count. */
export const count = z.int().min(0);
