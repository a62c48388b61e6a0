// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { freePort } from "./free-port.ts";

describe("a free port", () => {
  it("is told of once, though nobody listens on it yet, and lies where no other process is told of one", async () => {
    const ports = await Promise.all(Array.from({ length: 60 }, () => freePort()));
    const start = 10_000 + 100 * (process.pid % 200);
    expect(new Set(ports).size).toBe(60);
    expect(ports.filter((port) => port < start || port >= start + 100)).toEqual([]);
  });

  it("is none that somebody listens on, and elsewhere where the process has no more of its own", async () => {
    await using server = createServer();
    await once(server.listen(await freePort(), "127.0.0.1"), "listening");
    const ports = await Promise.all(Array.from({ length: 100 }, () => freePort()));
    const address = server.address();
    const taken = typeof address === "object" ? address?.port : undefined;
    expect(ports).not.toContain(taken);
    expect(new Set(ports).size).toBe(100);
    expect(ports.every((port) => port >= 10_000 && port < 30_000)).toBe(true);
  });
});
