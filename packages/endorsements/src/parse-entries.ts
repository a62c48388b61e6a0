// SPDX-License-Identifier: Apache-2.0
/** Text of endorsements as JSON, where it has no more members than they have: objects of a hundred thousand take long to read, and to refuse. */

import { parseJson } from "@strongroom/core";

/** Members of an entry with those of its age, and of what is around the entries. */
const members = { entry: 8, around: 2 } as const;

/** @throws {SyntaxError} if it is no JSON, or has more members than so many entries. */
export function parseEntries(text: string, entries: number): unknown {
  const most = members.around + members.entry * entries;
  let count = 0;
  for (const name = /"\s*:/gu; name.test(text); ) {
    count += 1;
    if (count > most) {
      throw new SyntaxError("more members than endorsements have");
    }
  }
  return parseJson(text);
}
