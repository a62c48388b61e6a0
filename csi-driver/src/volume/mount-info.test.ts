// SPDX-License-Identifier: Apache-2.0
/** The kernel's table of mounts, as it looks with and without optional fields. */

import { describe, expect, it } from "@jest/globals";
import { parseMounts } from "./mount-info.ts";

const table = `22 1 0:21 / /proc rw,nosuid shared:5 - proc proc rw
36 35 98:0 /a\\040b /mnt/a\\040b\\134c rw,noatime shared:1 master:2 - tmpfs strongroom rw,size=1024k
37 35 98:0 / /mnt/plain ro - tmpfs none ro
broken line
`;

describe("parseMounts", () => {
  it("finds target, type and source behind any number of optional fields", () => {
    expect(parseMounts(table)).toEqual([
      { target: "/proc", type: "proc", source: "proc" },
      { target: "/mnt/a b\\c", type: "tmpfs", source: "strongroom" },
      { target: "/mnt/plain", type: "tmpfs", source: "none" },
    ]);
  });
});
