// SPDX-License-Identifier: Apache-2.0
/** Verifies a receipt without a vault: who signed it, and that its leaf is under a head that somebody kept. */

import { type KeyObject, verify, X509Certificate } from "node:crypto";
import { type ReceiptPayload, receiptPayloadSchema, receiptType } from "@strongroom/api";
import {
  fromBase64url,
  fromHex,
  fromUtf8,
  headMessage,
  isStrongroomError,
  type LogHead,
  parseJson,
  requireShallowToken,
  StrongroomError,
  verifyInclusion,
} from "@strongroom/core";
import { compactVerify, decodeProtectedHeader } from "jose";
import { verifyReleaseCertificate } from "./release-certificate.ts";

/** A receipt, and what it is verified against. */
export interface ReceiptExpectation {
  /** Compact JWS. */
  readonly receipt: string;
  /** SHA-256 fingerprints of release roots' certificates; without any, whoever signed is believed. */
  readonly pinnedRootsSha256: readonly string[];
  /** Heads that somebody kept: one of them must be the receipt's. */
  readonly heads?: readonly Pick<LogHead, "log" | "size" | "root">[] | undefined;
  /** The key that signs heads: the receipt's head must be signed by it. */
  readonly headKey?: KeyObject | undefined;
}

/**
 * Verifies it. Certificates must be valid when the receipt was signed, as it says itself.
 *
 * @throws {StrongroomError} `ResponseUntrusted` with what does not hold.
 */
export async function verifyReceipt(expectation: ReceiptExpectation): Promise<ReceiptPayload> {
  try {
    const payload = await verifySignature(expectation);
    checkInclusion(payload);
    if (expectation.heads !== undefined) {
      checkKept(payload, expectation.heads);
    }
    if (expectation.headKey !== undefined) {
      checkHeadSignature(payload, expectation.headKey);
    }
    return payload;
  } catch (error) {
    if (isStrongroomError(error, "ResponseUntrusted")) {
      throw error;
    }
    throw new StrongroomError("ResponseUntrusted", "the receipt does not verify", { cause: error });
  }
}

async function verifySignature({
  receipt,
  pinnedRootsSha256,
}: ReceiptExpectation): Promise<ReceiptPayload> {
  requireShallowToken(receipt);
  const { alg, typ, x5c = [] } = decodeProtectedHeader(receipt);
  demand(alg === "ES256" && typ === receiptType, "it is no receipt");
  const said = receiptPayloadSchema.parse(
    parseJson(fromUtf8(fromBase64url(receipt.split(".")[1] ?? ""))),
  );
  const root = new X509Certificate(Buffer.from(x5c[1] ?? "", "base64"));
  const own = root.fingerprint256.replaceAll(":", "").toLowerCase();
  const isPinned = pinnedRootsSha256.some((pinned) => pinned.toLowerCase() === own);
  demand(isPinned || pinnedRootsSha256.length === 0, "the release key is not of the pinned root");
  const key = verifyReleaseCertificate(x5c, own, new Date(said.iat * 1000));
  // What was said of its time is believed only if these very bytes are signed.
  await compactVerify(receipt, key, { algorithms: ["ES256"] });
  return said;
}

function checkInclusion({ head, proof }: ReceiptPayload): void {
  const included = verifyInclusion({
    index: proof.index,
    size: head.size,
    leaf: fromHex(proof.leafHash),
    path: proof.path.map((step) => fromHex(step)),
    root: fromHex(head.root),
  });
  demand(included, "the receipt's head does not have its leaf");
}

function checkKept(
  { head, proof }: ReceiptPayload,
  heads: NonNullable<ReceiptExpectation["heads"]>,
): void {
  const ofLog = heads.filter(({ log }) => log === head.log);
  demand(ofLog.length > 0, `no head that was kept is of the receipt's log, ${head.log}`);
  const covering = ofLog.filter(({ size }) => size > proof.index);
  demand(covering.length > 0, "the head that was kept is older than the release");
  const same = covering.find(({ size }) => size === head.size);
  const sizes = covering.map(({ size }) => size).join(", ");
  demand(
    same !== undefined,
    `the receipt is proved against ${head.size} leaves, and a head was kept of ${sizes}: get the receipt for that head`,
  );
  demand(
    same?.root === head.root,
    "the head that was kept is another: the log is not the one that was kept",
  );
}

function checkHeadSignature({ head }: ReceiptPayload, key: KeyObject): void {
  const { log, size, root, time, signature } = head;
  const isGood =
    time !== undefined &&
    signature !== undefined &&
    verify(
      "sha256",
      headMessage({ log, size, root, time }),
      { key, dsaEncoding: "ieee-p1363" },
      fromBase64url(signature),
    );
  demand(isGood, "the receipt's head is not signed by the key that signs heads");
}

function demand(holds: boolean, message: string): void {
  if (!holds) {
    throw new StrongroomError("ResponseUntrusted", message);
  }
}
