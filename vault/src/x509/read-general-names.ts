// SPDX-License-Identifier: Apache-2.0
/** Subject alternative names out of a certificate. RFC 5280 section 4.2.1.6. */

import { type Asn1, oidOf, readBer } from "./ber.ts";
import { type AlternativeNames, userPrincipalName } from "./general-names.ts";

/** Tags of GeneralName's choices. */
const choice = { otherName: 0xa0, email: 0x81, dnsName: 0x82, uri: 0x86, ipAddress: 0x87 } as const;

/** The names of an extension's value; kinds that a policy has no word for are left out. */
export function readAlternativeNames(value: Uint8Array | undefined): AlternativeNames {
  const names = value === undefined ? [] : readBer(value).children;
  const texts = (tag: number) => names.filter((name) => name.tag === tag).map(text);
  return {
    emails: texts(choice.email),
    dnsNames: texts(choice.dnsName),
    upns: names.filter(isPrincipalName).map((name) => principalName(name)),
    uris: texts(choice.uri),
    ipAddresses: names.filter(({ tag }) => tag === choice.ipAddress).map(ipText),
  };
}

const text = ({ content }: Asn1): string => Buffer.from(content).toString("latin1");

function isPrincipalName({ tag, children }: Asn1): boolean {
  return tag === choice.otherName && oidOf(children[0]) === userPrincipalName;
}

function principalName({ children }: Asn1): string {
  return Buffer.from(children[1]?.children[0]?.content ?? new Uint8Array()).toString("utf8");
}

function ipText({ content }: Asn1): string {
  if (content.length === 4) {
    return content.join(".");
  }
  const groups: string[] = [];
  for (let i = 0; i + 1 < content.length; i += 2) {
    groups.push((((content[i] ?? 0) << 8) | (content[i + 1] ?? 0)).toString(16));
  }
  return groups.join(":");
}
