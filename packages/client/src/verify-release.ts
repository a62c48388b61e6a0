// SPDX-License-Identifier: Apache-2.0
/** Verifies the answer of a release before anything of it is believed: who signed, for whom, and what. */

import {
  type DeniedItem,
  type GrantedItem,
  type ReleaseItem,
  type ReleasePayload,
  type ReleaseResponse,
  releasePayloadSchema,
  releaseType,
  wrappedKeyDigest,
} from "@strongroom/api";
import {
  equalBytes,
  fromHex,
  fromUtf8,
  isStrongroomError,
  parseJson,
  requireShallowToken,
  StrongroomError,
  sha256,
  toBase64url,
  utf8,
  verifyInclusion,
} from "@strongroom/core";
import { compactVerify, decodeProtectedHeader } from "jose";
import { verifyReleaseCertificate } from "./release-certificate.ts";

/** What was asked, by whom, and whom we trust. */
export interface ReleaseExpectation {
  readonly response: ReleaseResponse;
  /** SHA-256 fingerprint of the release root's certificate, 64 hexadecimal digits. */
  readonly pinnedRootSha256: string;
  readonly expected: {
    /** `jti` of the proof that was sent. */
    readonly jti: string;
    readonly podUid: string;
    readonly vaultUid: string;
    /** The objects, in the order in which they were asked for. */
    readonly items: readonly ReleaseItem[];
  };
  /** Instant at which the certificates must be valid. */
  readonly at: Date;
}

/** One object of a verified answer; a denial is signed as well. */
export type VerifiedItem =
  | { readonly kind: "granted"; readonly item: GrantedItem; readonly jwe: string }
  | { readonly kind: "grantedKey"; readonly item: GrantedItem; readonly keyHsm: string }
  | { readonly kind: "denied"; readonly item: DeniedItem };

/** A verified answer: one entry for each object, in the order of the request. */
export interface VerifiedRelease {
  readonly items: readonly VerifiedItem[];
  readonly payload: ReleasePayload;
}

/**
 * Verifies a release. Keys come from the certificate chain to the pinned root alone; no other header is believed.
 *
 * @throws {StrongroomError} `ResponseUntrusted` for anything that is not exactly what was asked.
 */
export async function verifyRelease(expectation: ReleaseExpectation): Promise<VerifiedRelease> {
  try {
    const payload = await verifySignature(expectation);
    checkBinding(payload, expectation);
    checkHead(payload, expectation.response);
    return { payload, items: payload.items.map((item, index) => pair(item, index, expectation)) };
  } catch (error) {
    if (isStrongroomError(error, "ResponseUntrusted")) {
      throw error;
    }
    throw new StrongroomError("ResponseUntrusted", "the release does not verify", { cause: error });
  }
}

async function verifySignature({
  response,
  pinnedRootSha256,
  at,
}: ReleaseExpectation): Promise<ReleasePayload> {
  requireShallowToken(response.release);
  const { alg, typ, x5c } = decodeProtectedHeader(response.release);
  demand(alg === "ES256" && typ === releaseType, "the release is signed in an unknown way");
  const key = verifyReleaseCertificate(x5c ?? [], pinnedRootSha256, at);
  const { payload } = await compactVerify(response.release, key, { algorithms: ["ES256"] });
  return releasePayloadSchema.parse(parseJson(fromUtf8(payload)));
}

function checkBinding(payload: ReleasePayload, { expected, response }: ReleaseExpectation): void {
  demand(payload.jti === expected.jti, "the release answers another request");
  demand(payload.pod?.uid === expected.podUid, "the release is for another pod");
  demand(payload.vault.uid === expected.vaultUid, "the release is of another vault");
  const { length } = expected.items;
  const complete = payload.items.length === length && response.items.length === length;
  demand(complete, "the release has another number of objects");
}

// The signed head is in the answer twice: the statement vouches for it, and the proof says that our record is in it.
function checkHead({ head }: ReleasePayload, { head: shown, proof }: ReleaseResponse): void {
  const same = head.log === shown.log && head.size === shown.size && head.root === shown.root;
  demand(same, "the release names another audit head");
  const included = verifyInclusion({
    index: proof.index,
    size: head.size,
    leaf: fromHex(proof.leafHash),
    path: proof.path.map((step) => fromHex(step)),
    root: fromHex(head.root),
  });
  demand(included, "the release is not in the audit log");
}

function pair(
  item: GrantedItem | DeniedItem,
  index: number,
  { expected, response }: ReleaseExpectation,
): VerifiedItem {
  demand(isAnswerTo(item, expected.items[index]), "the release holds another object");
  const { jwe, keyHsm } = response.items[index] ?? {};
  if (item.result === "denied") {
    demand(jwe === undefined && keyHsm === undefined, "the release denies an object and sends it");
    return { kind: "denied", item };
  }
  return item.kind === "keys"
    ? { kind: "grantedKey", item, keyHsm: contentOf(item, keyHsm, jwe) }
    : { kind: "granted", item, jwe: contentOf(item, jwe, keyHsm) };
}

function contentOf(
  item: GrantedItem,
  content: string | undefined,
  other: string | undefined,
): string {
  if (content === undefined || other !== undefined) {
    throw new StrongroomError("ResponseUntrusted", "the release grants an object and withholds it");
  }
  const digest = toBase64url(sha256(utf8(content)));
  demand(equalBytes(utf8(digest), utf8(item.digest)), "the release holds another value");
  return content;
}

function isAnswerTo(item: GrantedItem | DeniedItem, asked: ReleaseItem | undefined): boolean {
  return (
    asked !== undefined &&
    item.kind === asked.kind &&
    // Names are compared without regard to case, as in Key Vault; the answer may have the stored spelling.
    item.name.toLowerCase() === asked.name.toLowerCase() &&
    (asked.version === undefined || item.version === undefined || item.version === asked.version) &&
    item.unwrapped === (asked.unwrap && wrappedKeyDigest(asked.unwrap))
  );
}

function demand(holds: boolean, message: string): void {
  if (!holds) {
    throw new StrongroomError("ResponseUntrusted", message);
  }
}
