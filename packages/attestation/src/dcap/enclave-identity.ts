// SPDX-License-Identifier: Apache-2.0
/** The identity of Intel's quoting enclaves, and whether a report is one of theirs. Intel PCS API version 4, "EnclaveIdentity". */

import { equalBytes, sha256, toHex, utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isScannedObject, type ScannedObject, scanJson } from "../scan-json.ts";
import type { EnclaveReport } from "./enclave-report.ts";
import {
  hexField,
  instantField,
  integerField,
  objectField,
  objectsField,
  textField,
} from "./json-fields.ts";
import * as limits from "./limits.ts";
import { byNewest, parseStanding, type TcbStanding } from "./tcb-standing.ts";

/** Who a quoting enclave is, and how Intel judges its versions. */
export interface EnclaveIdentity {
  /** `QE` quotes enclaves, `TD_QE` trust domains. */
  readonly id: string;
  readonly issueDate: Date;
  readonly nextUpdate: Date;
  readonly evaluationDataNumber: number;
  readonly miscSelect: Uint8Array;
  readonly miscSelectMask: Uint8Array;
  readonly attributes: Uint8Array;
  readonly attributesMask: Uint8Array;
  readonly mrSigner: Uint8Array;
  readonly isvProdId: number;
  /** SHA-256 of the text that was signed, hexadecimal. */
  readonly digest: string;
  /** Newest first. */
  readonly levels: readonly (TcbStanding & { readonly isvSvn: number })[];
}

/** Parses the `enclaveIdentity` object's text. @throws {StrongroomError} `EvidenceMalformed` if it is not as specified. */
export function parseEnclaveIdentity(text: string): EnclaveIdentity {
  const object = scanJson(text, limits.signedJson);
  if (!isScannedObject(object) || text.includes("\\")) {
    throw malformed("enclave identity is no plain json object");
  }
  if (integerField(object, "version", 2) !== 2) {
    throw malformed("enclave identity is not of version 2");
  }
  return {
    id: textField(object, "id"),
    issueDate: instantField(object, "issueDate"),
    nextUpdate: instantField(object, "nextUpdate"),
    evaluationDataNumber: integerField(object, "tcbEvaluationDataNumber", 0xffff_ffff),
    // Byte by byte as they are in memory, as everything here: Intel's own sample has other bytes than zeros.
    miscSelect: hexField(object, "miscselect", 4),
    miscSelectMask: hexField(object, "miscselectMask", 4),
    attributes: hexField(object, "attributes", 16),
    attributesMask: hexField(object, "attributesMask", 16),
    mrSigner: hexField(object, "mrsigner", 32),
    isvProdId: integerField(object, "isvprodid", 0xffff),
    digest: toHex(sha256(utf8(text))),
    levels: objectsField(object, "tcbLevels", limits.tcbLevels).map(parseLevel).sort(byNewest),
  };
}

function parseLevel(level: ScannedObject) {
  const isvSvn = integerField(objectField(level, "tcb"), "isvsvn", 0xffff);
  return { isvSvn, ...parseStanding(level) };
}

/** What differs between a report and the identity it should have, or undefined. */
export function identityMismatch(
  report: EnclaveReport,
  identity: EnclaveIdentity,
): string | undefined {
  if (!equalsMasked(report.miscSelect, identity.miscSelectMask, identity.miscSelect)) {
    return "miscselect";
  }
  if (!equalsMasked(report.attributes, identity.attributesMask, identity.attributes)) {
    return "attributes";
  }
  if (!equalBytes(report.mrSigner, identity.mrSigner)) {
    return "mrsigner";
  }
  return report.isvProdId === identity.isvProdId ? undefined : "isvprodid";
}

/** Whether `value`, seen through `mask`, is `expected`. */
export function equalsMasked(value: Uint8Array, mask: Uint8Array, expected: Uint8Array): boolean {
  return equalBytes(
    value.map((byte, index) => byte & (mask[index] ?? 0)),
    expected,
  );
}
