// SPDX-License-Identifier: Apache-2.0
/** Subject alternative names. RFC 5280 section 4.2.1.6; user principal names as Active Directory has them. */

import { isIPv4, isIPv6 } from "node:net";
import { concatBytes, StrongroomError, utf8 } from "@strongroom/core";
import { type Der, explicit, implicit, objectIdentifier, sequence, utf8String } from "./der.ts";

/** Names by their kind, as a certificate policy has them. */
export interface AlternativeNames {
  readonly emails: readonly string[];
  readonly dnsNames: readonly string[];
  readonly upns: readonly string[];
  readonly uris: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Type of user principal names. */
export const userPrincipalName = "1.3.6.1.4.1.311.20.2.3";

/** Number of names of all kinds. */
export function countNames(names: AlternativeNames): number {
  return Object.values(names).reduce((sum, list: readonly string[]) => sum + list.length, 0);
}

/** GeneralNames; the strings are ASCII, but for principal names. */
export function encodeAlternativeNames(names: AlternativeNames): Der {
  return sequence(
    ...names.emails.map((email) => implicit(1, utf8(email))),
    ...names.dnsNames.map((name) => implicit(2, utf8(name))),
    ...names.upns.map((name) => otherName(userPrincipalName, utf8String(name))),
    ...names.uris.map((uri) => implicit(6, utf8(uri))),
    ...names.ipAddresses.map((address) => implicit(7, ipOctets(address))),
  );
}

/** Octets of an IP address, 4 or 16. @throws {StrongroomError} `BadParameter` if it is none. */
export function ipOctets(address: string): Uint8Array<ArrayBuffer> {
  if (isIPv4(address)) {
    return new Uint8Array(address.split(".").map(Number));
  }
  if (!isIPv6(address) || address.includes("%")) {
    throw new StrongroomError("BadParameter", "not an IP address");
  }
  return ipv6Octets(address);
}

function ipv6Octets(address: string): Uint8Array<ArrayBuffer> {
  const dotted = /(?<=:)\d+(\.\d+){3}$/.exec(address)?.[0];
  const tail = dotted === undefined ? new Uint8Array() : ipOctets(dotted);
  const groups = dotted === undefined ? address : address.slice(0, -dotted.length);
  const [head = "", rest] = groups.split("::");
  const before = groupOctets(head);
  const after = concatBytes(groupOctets(rest ?? ""), tail);
  const zeros = new Uint8Array(16 - before.length - after.length);
  return concatBytes(before, zeros, after);
}

function groupOctets(groups: string): Uint8Array<ArrayBuffer> {
  const values = groups.split(":").filter((group) => group !== "");
  return new Uint8Array(
    values.flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}

/** `[0] OtherName`: a type, and a value of it. */
function otherName(type: string, value: Uint8Array): Der {
  // The tag is IMPLICIT over a SEQUENCE, so it is constructed.
  const content = concatBytes(objectIdentifier(type), explicit(0, value));
  return explicit(0, content);
}
