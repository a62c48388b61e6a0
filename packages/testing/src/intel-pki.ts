// SPDX-License-Identifier: Apache-2.0
/** An Intel of our own: root, PCK CA, TCB signer, PCK of one platform, and their revocation lists, with faults on request. */

import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import {
  bitString,
  commonName,
  der,
  extensionOf,
  integer,
  objectId,
  sequence,
  time,
} from "./der.ts";
import { encodePlatform, sgxExtension } from "./intel-platform.ts";

/** One certificate of the vendor, with its key. */
export interface IntelCertificate {
  readonly name: string;
  readonly serial: number;
  readonly key: KeyObject;
  readonly der: Uint8Array;
}

/** Which certificate of the vendor. */
export type IntelRole = "root" | "ca" | "signer" | "pck";

/** What shall be wrong with a certificate. */
export interface IntelCertificateChanges {
  readonly name?: string;
  readonly isCa?: boolean;
  /** How many CAs may stand below. */
  readonly pathLength?: number;
  readonly usage?: number;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** More extensions, in DER. */
  readonly extensions?: readonly Uint8Array[];
  /** Signs in the issuer's place. */
  readonly signedBy?: KeyObject;
  /** Of the signature; Intel's are all of SHA-256. */
  readonly hash?: keyof typeof algorithms;
  /** Replaces the description of the platform in a PCK certificate, DER. */
  readonly platform?: Uint8Array;
}

/** The whole vendor. */
export type IntelPki = Readonly<Record<IntelRole, IntelCertificate>>;

const algorithms = {
  sha256: sequence(objectId("1.2.840.10045.4.3.2")),
  sha384: sequence(objectId("1.2.840.10045.4.3.3")),
} as const;
const defaults = {
  root: { name: "Intel SGX Root CA", isCa: true, usage: 0x06, issuer: "root" },
  ca: { name: "Intel SGX PCK Platform CA", isCa: true, usage: 0x06, issuer: "root" },
  signer: { name: "Intel SGX TCB Signing", isCa: false, usage: 0xc0, issuer: "root" },
  pck: { name: "Intel SGX PCK Certificate", isCa: false, usage: 0xc0, issuer: "ca" },
} as const;

/** Mints the vendor, with keys that it had before where some are given. */
export function mintIntelPki(
  changes: Readonly<Partial<Record<IntelRole, IntelCertificateChanges>>> = {},
  kept: Readonly<Partial<Record<IntelRole, KeyObject>>> = {},
): IntelPki {
  const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const keys = { root: newKey(), ca: newKey(), signer: newKey(), pck: newKey(), ...kept };
  const nameFor = (role: IntelRole) => changes[role]?.name ?? defaults[role].name;
  const mint = (role: IntelRole, serial: number): IntelCertificate => {
    const wish = { ...defaults[role], ...changes[role] };
    const issuer = defaults[role].issuer;
    const own = {
      root: [crlDistributionPoint()],
      pck: [...keyIdentifiers, extensionOf(sgxExtension, wish.platform ?? encodePlatform())],
      ...{ ca: [], signer: [] },
    }[role];
    const body = sequence(
      der(0xa0, integer(2)),
      integer(serial),
      algorithms[wish.hash ?? "sha256"],
      commonName(nameFor(issuer)),
      sequence(time(wish.notBefore ?? from), time(wish.notAfter ?? until)),
      commonName(nameFor(role)),
      new Uint8Array(createPublicKey(keys[role]).export({ type: "spki", format: "der" })),
      der(0xa3, sequence(...standardExtensions(wish), ...own, ...(wish.extensions ?? []))),
    );
    const certificate = signed(body, wish.signedBy ?? keys[issuer], wish.hash);
    return { name: nameFor(role), serial, key: keys[role], der: certificate };
  };
  return {
    root: mint("root", 1),
    ca: mint("ca", 2),
    signer: mint("signer", 3),
    pck: mint("pck", 0x84),
  };
}

const from = new Date("2025-01-01T00:00:00Z");
const until = new Date("2032-01-01T00:00:00Z");

function standardExtensions(wish: {
  readonly isCa: boolean;
  readonly pathLength?: number;
  readonly usage: number;
}) {
  const length = wish.pathLength === undefined ? [] : [integer(wish.pathLength)];
  const unused = 31 - Math.clz32(wish.usage & -wish.usage);
  return [
    extensionOf("2.5.29.15", bitString(Uint8Array.of(wish.usage), unused), true),
    extensionOf(
      "2.5.29.19",
      sequence(...(wish.isCa ? [der(0x01, Uint8Array.of(0xff)), ...length] : [])),
      true,
    ),
  ];
}

/** Where the root's revocation list is to be had; as Intel's root says it. */
export const intelRootCrlUrl = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

function crlDistributionPoint(): Uint8Array {
  const uri = der(0x86, Buffer.from(intelRootCrlUrl));
  return extensionOf("2.5.29.31", sequence(sequence(der(0xa0, der(0xa0, uri)))));
}

/** What PCK certificates have besides: some verifiers count their extensions. */
const keyIdentifiers = [
  extensionOf("2.5.29.35", sequence(der(0x80, new Uint8Array(20).fill(0xca)))),
  crlDistributionPoint(),
  extensionOf("2.5.29.14", der(0x04, new Uint8Array(20).fill(0x9c))),
];

/** What a revocation list says. */
export interface IntelCrlRequest {
  readonly issuer: IntelCertificate;
  /** Serial numbers. */
  readonly revoked?: readonly number[];
  readonly number?: number;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
  readonly signedBy?: KeyObject;
}

/** Mints a revocation list, DER. */
export function mintIntelCrl(request: IntelCrlRequest): Uint8Array {
  const thisUpdate = request.thisUpdate ?? new Date("2026-01-01T00:00:00Z");
  const revoked = (request.revoked ?? []).map((serial) =>
    sequence(integer(serial), time(thisUpdate)),
  );
  const body = sequence(
    integer(1),
    algorithms.sha256,
    commonName(request.issuer.name),
    time(thisUpdate),
    time(request.nextUpdate ?? new Date("2026-12-31T00:00:00Z")),
    ...(revoked.length === 0 ? [] : [sequence(...revoked)]),
    der(0xa0, sequence(extensionOf("2.5.29.20", integer(request.number ?? 1)))),
  );
  return signed(body, request.signedBy ?? request.issuer.key);
}

/** SHA-256 of a certificate, lower-case hexadecimal. */
export function intelFingerprint(certificate: IntelCertificate): string {
  return createHash("sha256").update(certificate.der).digest("hex");
}

function signed(
  body: Uint8Array,
  key: KeyObject,
  hash: keyof typeof algorithms = "sha256",
): Uint8Array {
  return sequence(body, algorithms[hash], bitString(new Uint8Array(sign(hash, body, key))));
}
