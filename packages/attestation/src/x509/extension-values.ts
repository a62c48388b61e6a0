// SPDX-License-Identifier: Apache-2.0
/**
 * What a certificate's extensions hold, where evidence is looked for in it: such certificates vouch for nothing, are longer
 * than others, and have identifiers that are none. RFC 5280 section 4.1.
 */

import { malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { derValues } from "./der.ts";
import { derParts, tag } from "./der-parts.ts";
import { extensions as mostExtensions } from "./limits.ts";

/** The tag of a certificate's extensions. */
const explicit3 = 0xa3;

/**
 * The values in their order; one that is an octet string once more, as dstack and others write it, is what is in that.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if the bytes are no certificate, or have too many.
 */
export function readExtensionValues(der: Uint8Array): readonly Uint8Array[] {
  const [certificate] = derParts({ content: der }, [tag.sequence]);
  const [body] = derParts(certificate, [tag.sequence, tag.sequence, tag.bits]);
  const extensions = derValues(body.content).find(({ identifier }) => identifier === explicit3);
  const [list] = extensions === undefined ? [] : derParts(extensions, [tag.sequence]);
  const values = list === undefined ? [] : derValues(list.content);
  if (values.length > mostExtensions) {
    throw malformed("a certificate of too many extensions");
  }
  return values.flatMap(({ content }) => {
    const value = derValues(content).at(-1);
    return value?.identifier === tag.octets ? [insideOf(value.content)] : [];
  });
}

/** A quote begins as an octet string of no bytes does, with much behind it: only one that ends with the value is one. */
function insideOf(value: Uint8Array): Uint8Array {
  const [inner, ...more] = ifWellFormed(() => derValues(value)) ?? [];
  const isNested = inner?.identifier === tag.octets && more.length === 0;
  return (isNested ? inner.content : value).slice();
}
