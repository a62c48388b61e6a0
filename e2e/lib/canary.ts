// SPDX-License-Identifier: Apache-2.0
/** Looks for a canary in bytes: in clear, in hexadecimal, and in base64 at each of its three alignments. */

/** A spelling of the canary. */
export interface Spelling {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every spelling that is looked for. */
export function spellingsOf(canary: string): readonly Spelling[] {
  const value = Buffer.from(canary);
  const hex = value.toString("hex");
  const spellings: Spelling[] = [
    { name: "clear", bytes: value },
    { name: "hex", bytes: Buffer.from(hex) },
    { name: "HEX", bytes: Buffer.from(hex.toUpperCase()) },
  ];
  for (const encoding of ["base64", "base64url"] as const) {
    for (const shift of [0, 1, 2]) {
      spellings.push({
        name: `${encoding}+${shift}`,
        bytes: alignedBase64(value, shift, encoding),
      });
    }
  }
  return spellings;
}

// Characters that are made of the canary's bits alone, when `shift` bytes of something else come before it.
function alignedBase64(value: Buffer, shift: number, encoding: "base64" | "base64url"): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), value]).toString(encoding);
  const start = Math.ceil((shift * 8) / 6);
  const end = Math.floor(((shift + value.length) * 8) / 6);
  return Buffer.from(text.slice(start, end));
}

/** Names of the spellings that occur in what `chunks` hold, wherever a chunk ends. */
export async function search(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  spellings: readonly Spelling[],
): Promise<ReadonlySet<string>> {
  const overlap = Math.max(...spellings.map(({ bytes }) => bytes.length)) - 1;
  const found = new Set<string>();
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const window = Buffer.concat([tail, chunk]);
    for (const { name, bytes } of spellings) {
      if (window.includes(bytes)) {
        found.add(name);
      }
    }
    tail = window.subarray(Math.max(0, window.length - overlap));
  }
  return found;
}
