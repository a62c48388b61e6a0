// SPDX-License-Identifier: Apache-2.0
/** A charter as a person reads it. */

import { type Charter, charterWarnings, type Statement } from "@strongroom/api";
import { signerId } from "@strongroom/core";
import { toPrintable } from "../to-printable.ts";
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

// Claims and their values are as whoever wrote the draft chose them: quoted.
function authorityLines(authority: Charter["authorities"][number]): readonly string[] {
  const { name, issuer, roots, classes, tiers, enrolments, floors, references } = authority;
  const listed = Object.entries({ tiers, enrolments, ...references });
  return [
    `  ${name}: ${toPrintable(issuer)}, ${classes.join(" or ")}`,
    ...roots.map((root) => `    root ${root}`),
    ...listed.flatMap(([what, values]) =>
      values === undefined ? [] : `    ${toPrintable(what)} in ${toPrintable(values)}`,
    ),
    ...Object.entries(floors).map(
      ([claim, least]) => `    ${toPrintable(claim)} at least ${least}`,
    ),
  ];
}

function linesOf({ authorities, policies, roles }: Charter): readonly string[] {
  return [
    "authorities",
    ...authorities.flatMap(authorityLines),
    "policies",
    ...policies.map(
      ({ name, selector }) =>
        `  ${name}: ${selector.kinds.join(", ")} named ${selector.names.join(", ")}`,
    ),
    roles === undefined ? "roles      the resources' alone" : "roles",
    ...(roles ?? []).map(
      ({ role, scope, principals }) =>
        `  ${role} on ${scope}: ${principals.map((one) => toPrintable(one)).join(", ")}`,
    ),
  ];
}
