// SPDX-License-Identifier: Apache-2.0
/** The paravisor's runtime data: the keys of its virtual TPM and the virtual machine's configuration. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { fromHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";

/** What is read of it, and all of it as JSON for the claims. */
export interface HclRuntimeData {
  readonly json: JsonObject;
  /** HCLAkPub: the virtual TPM's attestation key. */
  readonly attestationKey: KeyObject;
  /** The machine's id, as the paravisor spells it; undefined where it has none. */
  readonly vmId: string | undefined;
  /** 64 bytes that the guest wrote to NV index 0x01400002; undefined where there are none. */
  readonly userData: Uint8Array | undefined;
}

const attestationKeyId = "HCLAkPub";

/** Shortest RSA modulus, in bits. */
const shortestRsa = 2048;

/** Characters in base64url of the longest numbers that OpenSSL verifies with: 16,384 bits, and an exponent of 64. */
const longest = { n: 2_731, e: 11 } as const;

/** @throws {StrongroomError} `EvidenceMalformed` if it is no such JSON, or does not name exactly one attestation key. */
export function parseHclRuntimeData(bytes: Uint8Array): HclRuntimeData {
  const json = parseStrictJson(bytes);
  if (!isJsonObject(json)) {
    throw malformed("runtime data is no object");
  }
  const { keys, "vm-configuration": configuration, "user-data": userData } = json;
  const all: readonly unknown[] = Array.isArray(keys) ? keys : [];
  const [key, another] = all.filter(isJsonObject).filter(({ kid }) => kid === attestationKeyId);
  if (key === undefined || another !== undefined) {
    throw malformed("runtime data does not have one attestation key");
  }
  const vmId = isJsonObject(configuration) ? configuration["vmUniqueId"] : undefined;
  return {
    json,
    attestationKey: toKey(key, operationsFor(all.length)),
    vmId: typeof vmId === "string" ? vmId : undefined,
    userData: toUserData(userData),
  };
}

/** Paravisors that had no key but this one called what it is for "encrypt". */
function operationsFor(keys: number): readonly unknown[] {
  return keys === 1 ? ["sign", "encrypt"] : ["sign"];
}

function toKey(
  { kty, n, e, key_ops: operations }: JsonObject,
  allowed: readonly unknown[],
): KeyObject {
  const isForSigning =
    Array.isArray(operations) && operations.length === 1 && allowed.includes(operations[0]);
  if (kty !== "RSA" || typeof n !== "string" || typeof e !== "string" || !isForSigning) {
    throw malformed("the attestation key is no RSA key for signing");
  }
  if (n.length > longest.n || e.length > longest.e) {
    throw malformed("the attestation key is too long");
  }
  const key = importKey(n, e);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < shortestRsa) {
    throw malformed("the attestation key is too short");
  }
  return key;
}

function importKey(n: string, e: string): KeyObject {
  try {
    return createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
  } catch (cause) {
    throw malformed("the attestation key is no key", cause);
  }
}

function toUserData(value: unknown): Uint8Array | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "string" || !/^[0-9a-f]{128}$/iu.test(value)) {
    throw malformed("user data is not 64 bytes in hexadecimal");
  }
  const bytes = fromHex(value);
  // What the index holds until somebody writes it answers nobody, not even a challenge of zeros.
  return bytes.some((byte) => byte !== 0) ? bytes : undefined;
}
