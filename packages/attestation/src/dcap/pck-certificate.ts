// SPDX-License-Identifier: Apache-2.0
/** What a PCK certificate says about its platform. Intel SGX PCK certificate and CRL profile specification 1.5, section 1.3.5. */

import { toHex } from "@strongroom/core";
import {
  Boolean as AsnBoolean,
  type AsnType,
  Enumerated,
  Integer,
  ObjectIdentifier,
  OctetString,
  Sequence,
} from "asn1js";
import { malformed } from "../byte-reader.ts";
import type { Certificate } from "../x509/certificate.ts";
import { readExtension } from "../x509/extensions.ts";

/** Security versions that the platform had when its PCK was certified. */
export interface PckTcb {
  /** 16 numbers of 0 to 255. */
  readonly components: readonly number[];
  readonly pceSvn: number;
}

/** A platform, as its PCK certificate describes it; byte strings in lower-case hexadecimal. */
export interface PckPlatform {
  readonly tcb: PckTcb;
  readonly cpuSvn: string;
  readonly ppid: string;
  readonly pceId: string;
  readonly fmspc: string;
  readonly sgxType: number;
  /** Only of platforms with several packages. */
  readonly platformInstanceId?: string;
  readonly dynamicPlatform?: boolean;
  readonly cachedKeys?: boolean;
  readonly smtEnabled?: boolean;
}

const sgxExtension = "1.2.840.113741.1.13.1";

type Fields = ReadonlyMap<string, AsnType>;

/**
 * Reads the platform from a certificate. Of the seven entries that the specification names the last two, of platforms with
 * several packages, may be missing; all others are in every certificate of Intel's, the type of SGX too.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if a part is missing or twice.
 */
export function readPckPlatform(certificate: Certificate): PckPlatform {
  const platform = readExtension(certificate, sgxExtension, (value) => {
    const fields = toFields(value);
    const tcb = toFields(field(fields, `${sgxExtension}.2`));
    const instance = fields.get(`${sgxExtension}.6`);
    const configuration = fields.get(`${sgxExtension}.7`);
    return {
      tcb: readTcb(tcb),
      cpuSvn: octets(field(tcb, `${sgxExtension}.2.18`), 16),
      ppid: octets(field(fields, `${sgxExtension}.1`), 16),
      pceId: octets(field(fields, `${sgxExtension}.3`), 2),
      fmspc: octets(field(fields, `${sgxExtension}.4`), 6),
      sgxType: number(field(fields, `${sgxExtension}.5`), 0xff),
      ...(instance === undefined ? {} : { platformInstanceId: octets(instance, 16) }),
      ...(configuration === undefined ? {} : readConfiguration(toFields(configuration))),
    };
  });
  if (platform === undefined) {
    throw malformed("the pck certificate describes no platform");
  }
  return platform;
}

/** All sixteen, by their names: certificates list them in any order. */
function readTcb(tcb: Fields): PckTcb {
  const components = Array.from({ length: 16 }, (_, index) =>
    number(field(tcb, `${sgxExtension}.2.${index + 1}`), 0xff),
  );
  return { components, pceSvn: number(field(tcb, `${sgxExtension}.2.17`), 0xffff) };
}

function readConfiguration(fields: Fields) {
  const names = ["dynamicPlatform", "cachedKeys", "smtEnabled"] as const;
  const known = names.flatMap((name, index) => {
    const value = fields.get(`${sgxExtension}.7.${index + 1}`);
    return value instanceof AsnBoolean ? [[name, value.getValue()] as const] : [];
  });
  return Object.fromEntries(known) as Partial<Record<(typeof names)[number], boolean>>;
}

function toFields(value: AsnType): Fields {
  if (!(value instanceof Sequence)) {
    throw malformed("the platform's description is no sequence");
  }
  const fields = new Map<string, AsnType>();
  for (const entry of value.valueBlock.value) {
    const [oid, content, ...more] = entry instanceof Sequence ? entry.valueBlock.value : [];
    if (!(oid instanceof ObjectIdentifier) || content === undefined || more.length > 0) {
      throw malformed("the platform's description has an entry without a name");
    }
    const name = oid.getValue();
    if (fields.has(name)) {
      throw malformed("the platform's description has an entry twice");
    }
    fields.set(name, content as AsnType);
  }
  return fields;
}

function field(fields: Fields, oid: string): AsnType {
  const value = fields.get(oid);
  if (value === undefined) {
    throw malformed(`the platform's description lacks ${oid}`);
  }
  return value;
}

function octets(value: AsnType, length: number): string {
  if (!(value instanceof OctetString) || value.valueBlock.valueHexView.length !== length) {
    throw malformed(`the platform's description has a value that is not of ${length} bytes`);
  }
  return toHex(new Uint8Array(value.valueBlock.valueHexView));
}

function number(value: AsnType, most: number): number {
  // Enumerated is an Integer for asn1js; both are big-endian and, with the highest bit set, have a zero before.
  if (!(value instanceof Integer || value instanceof Enumerated)) {
    throw malformed("the platform's description has a value that is no number");
  }
  const bytes = new Uint8Array(value.valueBlock.valueHexView);
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0;
  const read = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  if (isNegative || read > most) {
    throw malformed(`the platform's description has a number that is not of 0 to ${most}`);
  }
  return read;
}
