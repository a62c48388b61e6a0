// SPDX-License-Identifier: Apache-2.0
/**
 * What Intel signed about platforms, told apart by content: certificates and CRLs in PEM, DER, hexadecimal or base64; TCB infos
 * and identities as PCS answers them; bundles of these as DCAP libraries write them. Nothing in here is trusted yet.
 */

import { StrongroomError, sha256, toHex, utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { cacheKey } from "../verified-cache.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { parseRevocationList, type RevocationList } from "../x509/revocation-list.ts";
import { type EnclaveIdentity, parseEnclaveIdentity } from "./enclave-identity.ts";
import * as limits from "./limits.ts";
import { type EndorsementItem, openEndorsementFile } from "./open-endorsement-file.ts";
import { parseTcbInfo, type TcbInfo } from "./tcb-info.ts";

/** A statement with the signature that should be Intel's. */
export interface Signed<T> {
  readonly value: T;
  /** The bytes that were signed. */
  readonly signed: Uint8Array;
  /** r and s, 64 bytes. */
  readonly signature: Uint8Array;
}

/** Endorsements whose form was checked. */
export interface DcapEndorsements {
  /** SHA-256 over all of them, hexadecimal. */
  readonly digest: string;
  readonly certificates: readonly Certificate[];
  readonly revocationLists: readonly RevocationList[];
  readonly tcbInfos: readonly Signed<TcbInfo>[];
  readonly identities: readonly Signed<EnclaveIdentity>[];
}

/**
 * Reads endorsements from any number of files.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if one has no endorsement in it, or one that is not as specified.
 */
export function readDcapEndorsements(files: readonly Uint8Array[]): DcapEndorsements {
  if (files.length > limits.endorsements) {
    throw new StrongroomError("BadParameter", "too many endorsements");
  }
  const items = files.flatMap((file) => {
    const found = openEndorsementFile(file);
    if (found.length === 0) {
      throw malformed("a file has no endorsement of Intel's in it");
    }
    return found;
  });
  const certificates = unique(items.flatMap((i) => (i.kind === "certificate" ? [i.der] : [])));
  const lists = unique(items.flatMap((item) => (item.kind === "crl" ? [item.der] : [])));
  return {
    digest: cacheKey(items.map(describeItem)),
    certificates: certificates.map(parseCertificate),
    revocationLists: lists.map(parseRevocationList),
    tcbInfos: statementsOf(items, "tcb-info").map((item) => toSigned(item, parseTcbInfo)),
    identities: statementsOf(items, "identity").map((item) => toSigned(item, parseEnclaveIdentity)),
  };
}

type Statement = Exclude<EndorsementItem, { readonly der: Uint8Array }>;

/** Each is held to the keys of several signers: as many as there are certificates, at most. */
function statementsOf(
  items: readonly EndorsementItem[],
  kind: Statement["kind"],
): readonly Statement[] {
  const found = items.flatMap((item) => (item.kind === kind ? [item] : []));
  if (found.length > limits.endorsements) {
    throw malformed("too many endorsements in one file");
  }
  return found;
}

function describeItem(item: EndorsementItem): string {
  const content = "der" in item ? [item.der] : [utf8(item.text), item.signature];
  return [item.kind, ...content.map((bytes) => toHex(sha256(bytes)))].join(" ");
}

function toSigned<T>(
  item: { readonly text: string; readonly signature: Uint8Array },
  parse: (text: string) => T,
): Signed<T> {
  const signed = new Uint8Array(Buffer.from(item.text, "utf8"));
  return { value: parse(item.text), signed, signature: item.signature };
}

function unique(list: readonly Uint8Array[]): readonly Uint8Array[] {
  const byContent = new Map(list.map((der) => [Buffer.from(der).toString("latin1"), der]));
  if (byContent.size > limits.endorsements) {
    throw malformed("too many endorsements in one file");
  }
  return [...byContent.values()];
}
