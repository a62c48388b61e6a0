// SPDX-License-Identifier: Apache-2.0
/** Who made a TPM: the directory name in its certificate. TCG EK Credential Profile 2.5, section 3.2.9. */

import { isUtf8 } from "node:buffer";
import { fromUtf8, toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import type { Certificate } from "../x509/certificate.ts";
import { type DerValue, derValues } from "../x509/der.ts";
import { derParts, tag } from "../x509/der-parts.ts";
import { extensionOid, extensionValue } from "../x509/extensions.ts";

/** Manufacturer, model and firmware version as the certificate spells them, as `id:474F4F47`. */
export interface TpmIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly version: string;
}

/** GeneralName's choice `directoryName`, explicitly tagged as Name is a choice itself. RFC 5280 section 4.2.1.6. */
const directoryName = 0xa4;

/** Characters of one attribute. */
const longestAttribute = 128;

/** The attributes' object identifiers, and the content that they have in DER, hexadecimal. */
const attributeOid = {
  manufacturer: { dotted: "2.23.133.2.1", content: "6781050201" },
  model: { dotted: "2.23.133.2.2", content: "6781050202" },
  version: { dotted: "2.23.133.2.3", content: "6781050203" },
} as const;

/** UTF8String, which the profile asks for, and what older makers wrote in ASCII: PrintableString, TeletexString, IA5String. */
const texts: readonly number[] = [0x0c, 0x13, 0x14, 0x16];

/**
 * Reads the TPM's maker from the subject's alternative name.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if there is not exactly one directory name with each attribute once.
 */
export function readTpmIdentity(certificate: Certificate): TpmIdentity {
  const value = extensionValue(certificate, extensionOid.subjectAltName);
  if (value === undefined) {
    throw malformed("the certificate does not name one TPM");
  }
  const attributes = attributesOf(readDirectoryName(value));
  return {
    manufacturer: readText(attributes, attributeOid.manufacturer),
    model: readText(attributes, attributeOid.model),
    version: readText(attributes, attributeOid.version),
  };
}

function readDirectoryName(subjectAltName: Uint8Array): DerValue {
  const [names] = derParts({ content: subjectAltName }, [tag.sequence]);
  const [directory, another] = derValues(names.content).filter(
    ({ identifier }) => identifier === directoryName,
  );
  if (directory === undefined || another !== undefined) {
    throw malformed("the certificate does not name one TPM");
  }
  const [name] = derParts(directory, [tag.sequence]);
  return name;
}

interface Attribute {
  /** Content of the identifier, hexadecimal. */
  readonly oid: string;
  readonly value: DerValue;
}

/** Of all relative names: makers put the three into one or into one each. */
function attributesOf(name: DerValue): readonly Attribute[] {
  return derValues(name.content).flatMap((relative) => {
    if (relative.identifier !== tag.set) {
      throw malformed("the TPM's name is none");
    }
    return derValues(relative.content).map(toAttribute);
  });
}

function toAttribute({ identifier, content }: DerValue): Attribute {
  const [oid, value, ...more] = derValues(content);
  const isNamed = identifier === tag.sequence && oid?.identifier === tag.oid;
  if (!isNamed || value === undefined || more.length > 0) {
    throw malformed("the TPM's name has an attribute that is none");
  }
  return { oid: toHex(oid.content), value };
}

function readText(
  attributes: readonly Attribute[],
  wanted: (typeof attributeOid)[keyof typeof attributeOid],
): string {
  const [attribute, another] = attributes.filter(({ oid }) => oid === wanted.content);
  const text = attribute === undefined ? undefined : textOf(attribute.value);
  if (text === undefined || another !== undefined || text.length > longestAttribute) {
    throw malformed(`attribute ${wanted.dotted} is not there once`);
  }
  return text;
}

function textOf({ identifier, content }: DerValue): string | undefined {
  return texts.includes(identifier) && isUtf8(content) ? fromUtf8(content) : undefined;
}
