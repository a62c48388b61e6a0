// SPDX-License-Identifier: Apache-2.0
/** Says on standard error how far a large file is: one line that changes on a terminal, else a line every five seconds. */

const mebibyte = 1_048_576;
/** Below this, nobody waits. */
const quietBytes = 64 * mebibyte;

/** Counts what passes through, and says so. @param total Bytes that are expected; unknown for pipes. */
export async function* withProgress(
  what: string,
  stream: AsyncIterable<Uint8Array>,
  total: number | undefined,
): AsyncGenerator<Uint8Array, void> {
  const { isTTY } = process.stderr;
  const started = performance.now();
  const interval = isTTY ? 200 : 5_000;
  let [bytes, said, memory] = [0, started, 0];
  for await (const piece of stream) {
    bytes += piece.length;
    // Of the whole process: it does not grow with the file. The system's own maximum begins with that of who started it.
    memory = Math.max(memory, process.memoryUsage.rss());
    const now = performance.now();
    if (bytes >= quietBytes && now - said >= interval) {
      said = now;
      say(isTTY, `${what}: ${amount(bytes, total)}, ${rate(bytes, now - started)}`);
    }
    yield piece;
  }
  if (bytes >= quietBytes) {
    const milliseconds = performance.now() - started;
    const seconds = (milliseconds / 1000).toFixed(1);
    const speed = rate(bytes, milliseconds);
    say(
      isTTY,
      `${what}: ${amount(bytes, undefined)} in ${seconds} s, ${speed}, memory ${Math.ceil(memory / mebibyte)} MiB\n`,
    );
  }
}

function amount(bytes: number, total: number | undefined): string {
  const done = `${Math.round(bytes / mebibyte)}`;
  return total === undefined
    ? `${done} MiB`
    : `${done} of ${Math.round(total / mebibyte)} MiB (${Math.floor((100 * bytes) / total)} %)`;
}

function rate(bytes: number, milliseconds: number): string {
  return `${Math.round(bytes / mebibyte / (milliseconds / 1000))} MiB/s`;
}

function say(isTTY: boolean, line: string): void {
  process.stderr.write(isTTY ? `\r\u001b[K${line}` : line.endsWith("\n") ? line : `${line}\n`);
}
