// SPDX-License-Identifier: Apache-2.0
/**
 * RFC 5649 key wrap computed block by block in the token: SoftHSM 2.6 pads keys to 8 bytes and then says the padded length.
 *
 * The key is an object that encrypts; what is wrapped is the caller's own, so nothing in clear is here that was not before.
 */

import pkcs11js from "pkcs11js";
import { encryptWith } from "./aes-ciphers.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";

const semiblockBytes = 8;
const rounds = 6;

/** Wraps 1 byte or more. RFC 5649 section 4.1, RFC 3394 section 2.2.1. */
export function wrapByBlocks(session: Session, encryptor: Handle, plain: Uint8Array): Uint8Array {
  const count = Math.ceil(plain.length / semiblockBytes);
  const out = Buffer.alloc(semiblockBytes * (count + 1));
  out.writeUInt32BE(0xa65959a6, 0);
  out.writeUInt32BE(plain.length, 4);
  out.set(plain, semiblockBytes);
  if (count === 1) {
    return encryptBlock(session, encryptor, out);
  }
  const block = Buffer.alloc(2 * semiblockBytes);
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 1; index <= count; index += 1) {
      const register = out.subarray(semiblockBytes * index, semiblockBytes * (index + 1));
      block.set(out.subarray(0, semiblockBytes));
      block.set(register, semiblockBytes);
      const encrypted = encryptBlock(session, encryptor, block);
      // The counter is below 2^32: 6 rounds over at most some thousand registers.
      encrypted.writeUInt32BE((encrypted.readUInt32BE(4) ^ (count * round + index)) >>> 0, 4);
      out.set(encrypted.subarray(0, semiblockBytes));
      register.set(encrypted.subarray(semiblockBytes));
    }
  }
  block.fill(0);
  return out;
}

function encryptBlock(session: Session, encryptor: Handle, block: Buffer): Buffer {
  const mechanism = { mechanism: pkcs11js.CKM_AES_ECB };
  return encryptWith(session, encryptor, mechanism, block);
}
