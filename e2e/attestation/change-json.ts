// SPDX-License-Identifier: Apache-2.0
/** Changes one value or member of JSON: another type, many of it, deep in itself, its name twice. */

import { parseJson } from "@strongroom/core";
import type { Random } from "./random.ts";

/** What readers of JSON stumble over, as it is written. */
const stumbles = [
  ...(["null", "[]", "{}", '""', "-0", "1e999", "0.1", "9007199254740993", "true"] as const),
  ...(['"\\u0000"', '"\\ud800"', '"__proto__"', '"-----BEGIN CERTIFICATE-----"'] as const),
] as const;

/** The bytes with one part changed; undefined where they are no JSON. */
export function changeJson(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> | undefined {
  try {
    const text = write(parseJson(Buffer.from(bytes).toString("utf8")), random);
    return new Uint8Array(Buffer.from(text));
  } catch {
    return undefined;
  }
}

function write(value: unknown, random: Random): string {
  const isParted = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isParted || random.below(4) === 0) {
    return writeChanged(JSON.stringify(value), random);
  }
  const entries = Object.entries(value);
  const index = random.below(entries.length);
  const written = entries.map(([name, one], at) => [
    JSON.stringify(name),
    at === index ? write(one, random) : JSON.stringify(one),
  ]);
  if (Array.isArray(value)) {
    return `[${written.map(([, one]) => one).join(",")}]`;
  }
  const members = written.map((member) => member.join(":"));
  // A name twice: readers differ in which of the two counts.
  const again = random.below(8) === 0 ? [members[index] ?? ""] : [];
  return `{${[...members, ...again].join(",")}}`;
}

function writeChanged(text: string, random: Random): string {
  switch (random.below(4)) {
    case 0:
      return `[${Array<string>(1 << random.below(10))
        .fill(text)
        .join(",")}]`;
    case 1: {
      const depth = 1 + random.below(64);
      return `${'{"a":['.repeat(depth)}${text}${"]}".repeat(depth)}`;
    }
    case 2:
      return text.startsWith('"')
        ? `"${text.slice(1, -1).repeat(1 + random.below(64))}"`
        : `[${text}]`;
    default:
      return random.pick(stumbles);
  }
}
