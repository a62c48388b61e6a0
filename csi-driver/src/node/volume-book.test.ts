// SPDX-License-Identifier: Apache-2.0
/** The sum that all volumes of a node may hold. */

import { describe, expect, it } from "@jest/globals";
import { contentBytes } from "../limits.ts";
import { createVolumeBook } from "./volume-book.ts";

describe("a volume book", () => {
  it("counts the others' bytes, and a volume's own only once", () => {
    const book = createVolumeBook(10_000);
    book.set("/a", { bytes: 4_000 });
    book.set("/b", { bytes: 4_000 });
    expect(() => book.assertRoom("/c", 2_001)).toThrow(
      expect.objectContaining({ code: "VolumeFull" }),
    );
    expect(() => book.assertRoom("/c", 2_000)).not.toThrow();
    expect(() => book.assertRoom("/b", 6_000)).not.toThrow();
    book.delete("/a");
    expect(() => book.assertRoom("/c", 6_000)).not.toThrow();
  });

  it("lets no volume hold more than leaves room for its replacement", () => {
    const book = createVolumeBook(Number.MAX_SAFE_INTEGER);
    expect(() => book.assertRoom("/a", contentBytes)).not.toThrow();
    expect(() => book.assertRoom("/a", contentBytes + 1)).toThrow("in whole pages");
  });
});
