// SPDX-License-Identifier: Apache-2.0
/** What files about a TPM say: quotes, with or without what they are signed by, and event logs, those of TDs too. */

import { malformed, openTpmFile, parseTpmQuote, type TpmItem } from "@strongroom/attestation";
import { showEventLog } from "./show-event-log.ts";

/** Title and fields. @throws {StrongroomError} `EvidenceMalformed` if the file has neither quote nor log. */
export function showTpmEvidence(file: Uint8Array) {
  const items = openTpmFile(file);
  const quotes = items.flatMap(toQuote);
  const events = items.flatMap((item) => (item.kind === "event-log" ? showEventLog(item.log) : []));
  if (quotes.length === 0 && events.length === 0) {
    throw malformed("no quote of a tpm, and no event log");
  }
  const certificates = items.filter(({ kind }) => kind === "certificate").length;
  return quotes.length === 0
    ? { title: "event log", fields: { events } }
    : { title: "tpm quote", fields: { quotes, certificates, events } };
}

function toQuote(item: TpmItem) {
  switch (item.kind) {
    case "quote":
      return [parseTpmQuote(item.message)];
    case "signed-quote":
      return [{ ...parseTpmQuote(item.message), pcrs: item.pcrs }];
    default:
      return [];
  }
}
