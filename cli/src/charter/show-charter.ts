// SPDX-License-Identifier: Apache-2.0
/** A charter as a person reads it. */

import { type Charter, charterWarnings, type Statement } from "@strongroom/api";
import { signerId } from "@strongroom/core";
import { signerOf } from "./add-signature.ts";

/** Lines of text. Names in it are of closed alphabets; what is not is quoted. */
export function showCharter(charter: Charter, { signatures }: Statement, at: Date): string {
  const { vault, serial, expires, onExpiry, signers } = charter;
  const signed = new Set(signatures.map(signerOf));
  const lines = [
    `vault      ${vault}`,
    `serial     ${serial}`,
    `expires    ${new Date(expires * 1_000).toISOString()}, then ${onExpiry}`,
    `signers    ${signers.threshold} of ${signers.keys.length}`,
    ...signers.keys.map((key) => {
      const kid = signerId(key);
      return `  ${kid} ${key.crv}${signed.has(kid) ? ", signature there" : ""}`;
    }),
    ...linesOf(charter),
    ...charterWarnings(charter, at).map((warning) => `warning: ${warning}`),
  ];
  return `${lines.join("\n")}\n`;
}

function linesOf({ authorities, policies, roles }: Charter): readonly string[] {
  return [
    "authorities",
    ...authorities.map(
      ({ name, issuer, roots, classes }) =>
        `  ${name}: ${JSON.stringify(issuer)}, ${classes.join(" or ")}, roots ${roots.join(", ")}`,
    ),
    "policies",
    ...policies.map(
      ({ name, selector }) =>
        `  ${name}: ${selector.kinds.join(", ")} named ${selector.names.join(", ")}`,
    ),
    roles === undefined ? "roles      the resources' alone" : "roles",
    ...(roles ?? []).map(
      ({ role, scope, principals }) =>
        `  ${role} on ${scope}: ${principals.map((one) => JSON.stringify(one)).join(", ")}`,
    ),
  ];
}
