// SPDX-License-Identifier: Apache-2.0
/** JSON made long: many of a member or an element, long texts and numbers, much white space. */

/** How input was made long; it is written only when it is needed. */
export type Named = readonly [how: string, write: () => Uint8Array];

/** Each way with its name. */
export function* growJson(seed: Uint8Array, size: number): Generator<Named> {
  const text = Buffer.from(seed).toString("utf8");
  const value: unknown = JSON.parse(text);
  const room = Math.max(0, size - text.length);
  const inside = () => text.replace(/[[{]/u, (open) => open + " ".repeat(room));
  yield ["white space in json", () => Buffer.from(inside())];
  yield ["white space behind json", () => Buffer.from(text.padEnd(size, "\n"))];
  for (const [path, part] of partsOf(value, "")) {
    const written = JSON.stringify(part);
    const put = (name: string, write: () => string): Named => [
      `${name} ${path}`,
      () => Buffer.from(JSON.stringify(value).replace(written, write)),
    ];
    const times = Math.floor(room / (written.length + 1));
    yield put("many of", () => `[${Array<string>(times).fill(written).join(",")}]`);
    if (typeof part === "string") {
      yield put("long", () => `"${part.repeat(Math.floor(room / (part.length + 1)))}"`);
      yield put("escapes in", () => `"${"\\u0041".repeat(room / 6)}"`);
    } else if (typeof part === "number") {
      yield put("long", () => "9".repeat(room));
    } else {
      yield put("members in", () => `{${membersOf(room / 16).join(",")}}`);
    }
  }
}

function membersOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `"n${index}":${index}`);
}

/** Values that are somewhere in a value, the first of each list. */
function partsOf(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) {
    return [[path, value]];
  }
  const entries = Array.isArray(value) ? Object.entries(value).slice(0, 1) : Object.entries(value);
  return [[path, value], ...entries.flatMap(([name, one]) => partsOf(one, `${path}/${name}`))];
}
