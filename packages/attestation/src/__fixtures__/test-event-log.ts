// SPDX-License-Identifier: Apache-2.0
/** Event logs made by hand, each event with the digests of its data or with others. */

import { createHash } from "node:crypto";
import { concatBytes, u32be, u64be, utf8 } from "@strongroom/core";
import { eventType } from "../eventlog/event-types.ts";
import { digestBytes, type TpmHash, tpmAlgorithm } from "../tpm/algorithms.ts";

/** An event of a test log. */
export interface TestEvent {
  readonly register: number;
  readonly type: number;
  readonly data: Uint8Array;
  /** What is hashed in place of the data. */
  readonly digestOf?: Uint8Array;
  /** The same of one bank alone. */
  readonly digestsOf?: Readonly<Partial<Record<TpmHash, Uint8Array | undefined>>>;
}

const u16le = (value: number) => Uint8Array.of(value & 0xff, value >> 8);
const u32le = (value: number) => u32be(value).toReversed();
const u64le = (value: number) => u64be(value).toReversed();

/** TCG_PCR_EVENT with "Spec ID Event03", then TCG_PCR_EVENT2 of these banks. */
export function encodeEventLog(
  events: readonly TestEvent[],
  banks: readonly TpmHash[] = ["sha256"],
): Uint8Array {
  const algorithms = banks.map((bank) =>
    concatBytes(u16le(tpmAlgorithm[bank]), u16le(digestBytes[bank])),
  );
  const header = concatBytes(
    ...[utf8("Spec ID Event03\0"), new Uint8Array(8), u32le(banks.length), ...algorithms],
    Uint8Array.of(0),
  );
  const first = [u32le(0), u32le(eventType.noAction), new Uint8Array(20), u32le(header.length)];
  return concatBytes(...first, header, ...events.map((event) => encodeEvent(event, banks)));
}

function encodeEvent(event: TestEvent, banks: readonly TpmHash[]) {
  const { register, type, data, digestOf, digestsOf } = event;
  const digests = banks.map((bank) =>
    concatBytes(
      u16le(tpmAlgorithm[bank]),
      createHash(bank)
        .update(digestsOf?.[bank] ?? digestOf ?? data)
        .digest(),
    ),
  );
  const start = [u32le(register), u32le(type), u32le(banks.length)];
  return concatBytes(...start, ...digests, u32le(data.length), data);
}

/** A variable as firmware measures it; of the global namespace unless said otherwise. */
export function efiVariable(name: string, value: Uint8Array, vendor?: Uint8Array): Uint8Array {
  const text = new Uint8Array(Buffer.from(name, "utf16le"));
  const namespace = vendor ?? Buffer.from("61dfe48bca93d211aa0d00e098032b8c", "hex");
  return concatBytes(namespace, u64le(name.length), u64le(value.length), text, value);
}
