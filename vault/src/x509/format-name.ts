// SPDX-License-Identifier: Apache-2.0
/** A name's bytes as text. RFC 4514 section 2, with a space behind each comma, as Key Vault writes names. */

import { fromUtf8, toHex } from "@strongroom/core";
import { attributeTypeOf } from "./attribute-types.ts";
import { type Asn1, childOf, oidOf, readBer } from "./ber.ts";

/** Text of a Name, DER; most specific part first. @throws {StrongroomError} `BadParameter` if it is none. */
export function formatDistinguishedName(name: Uint8Array): string {
  return readBer(name)
    .children.toReversed()
    .map(({ children }) => children.map(formatAttribute).join("+"))
    .join(", ");
}

function formatAttribute(attribute: Asn1): string {
  const type = attributeTypeOf(oidOf(childOf(attribute, 0)));
  const value = childOf(attribute, 1);
  const text = decodeString(value);
  return `${type.name}=${text === undefined ? `#${toHex(value.bytes)}` : escapeValue(text)}`;
}

/** Text of a DirectoryString or IA5String; nothing for any other type. */
function decodeString({ tag, content }: Asn1): string | undefined {
  switch (tag) {
    case 0x0c:
      return fromUtf8(content);
    case 0x13:
    case 0x16:
      return Buffer.from(content).toString("latin1");
    case 0x14:
      // TeletexString: what is found in it is Latin-1, whatever T.61 says.
      return Buffer.from(content).toString("latin1");
    case 0x1e:
      return new TextDecoder("utf-16be").decode(content);
    default:
      return undefined;
  }
}

function escapeValue(text: string): string {
  return text
    .replace(/[\\",;+<>=]/g, "\\$&")
    .replace(/^[ #]/, "\\$&")
    .replace(/ $/, "\\ ")
    .replaceAll("\0", "\\00");
}
