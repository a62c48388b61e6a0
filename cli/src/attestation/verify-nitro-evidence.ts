// SPDX-License-Identifier: Apache-2.0
/** Verifies attestation documents of Nitro enclaves and NitroTPM for `strongroom attestation verify`. */

import {
  appraiseNitro,
  asAscii,
  readExpectedPcrs,
  readNitroDocument,
  toNitroClaims,
  verifyNitro,
} from "@strongroom/attestation";
import { type Answer, type Question, toAnswer, toRefusal } from "./answer.ts";
import { readNitroRoots } from "./read-trust-roots.ts";

/** Verifies a document; registers' values that are given beside it are those that it must have. */
export function verifyNitroEvidence(question: Question): Answer {
  const { binding, allowDebug } = question;
  const bound = (kind: "nonce" | "report-data") =>
    binding?.kind === kind ? binding.bytes : ("unbound" as const);
  const verdict = verifyNitro(
    readNitroDocument(question.evidence),
    readNitroRoots(question.trustRoots),
    { nonce: bound("nonce"), userData: bound("report-data"), publicKey: "unbound" },
    question.at,
  );
  if (verdict.kind === "refused") {
    return toRefusal(verdict);
  }
  const facts = verdict.claims;
  const files = question.endorsements.filter((file) => asAscii(file)?.trim().startsWith("{"));
  const expected = Object.assign({}, ...files.map(readExpectedPcrs));
  const pcrs = files.length === 0 ? ("unbound" as const) : expected;
  const refused = appraiseNitro(facts, { debug: allowDebug ? "allow" : "refuse", pcrs });
  return refused === undefined
    ? toAnswer(question, toNitroClaims(facts), { debug: facts.isDebug })
    : toRefusal(refused);
}
