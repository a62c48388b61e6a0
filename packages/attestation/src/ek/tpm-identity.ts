// SPDX-License-Identifier: Apache-2.0
/** Who made a TPM: the directory name in its certificate. TCG EK Credential Profile 2.5, section 3.2.9. */

import { GeneralNames, type RelativeDistinguishedNames } from "pkijs";
import { malformed } from "../byte-reader.ts";
import type { Certificate } from "../x509/certificate.ts";
import { extensionOid, readExtension } from "../x509/extensions.ts";

/** Manufacturer, model and firmware version as the certificate spells them, as `id:474F4F47`. */
export interface TpmIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly version: string;
}

/** GeneralName's choice `directoryName`. */
const directoryName = 4;

/** Characters of one attribute. */
const longestAttribute = 128;

const attributeOid = {
  manufacturer: "2.23.133.2.1",
  model: "2.23.133.2.2",
  version: "2.23.133.2.3",
} as const;

/**
 * Reads the TPM's maker from the subject's alternative name.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if there is not exactly one directory name with each attribute once.
 */
export function readTpmIdentity(certificate: Certificate): TpmIdentity {
  const names = readExtension(certificate, extensionOid.subjectAltName, (schema) =>
    new GeneralNames({ schema }).names.filter(({ type }) => type === directoryName),
  );
  const [name, another] = names ?? [];
  if (name === undefined || another !== undefined) {
    throw malformed("the certificate does not name one TPM");
  }
  const attributes = toAttributes(name.value);
  return {
    manufacturer: attributes(attributeOid.manufacturer),
    model: attributes(attributeOid.model),
    version: attributes(attributeOid.version),
  };
}

function toAttributes(name: RelativeDistinguishedNames): (oid: string) => string {
  return (oid) => {
    const [attribute, another] = name.typesAndValues.filter(({ type }) => type === oid);
    const value: unknown = attribute?.value.valueBlock.value;
    if (typeof value !== "string" || another !== undefined || value.length > longestAttribute) {
      throw malformed(`attribute ${oid} is not there once`);
    }
    return value;
  };
}
