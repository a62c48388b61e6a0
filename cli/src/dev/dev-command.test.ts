// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import { access, readFile } from "node:fs/promises";
import { get } from "node:https";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  makeTestFolder,
  startStrongroom,
  startWithNpx,
  strongroom,
  type TestFolder,
} from "../__fixtures__/strongroom.ts";

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeTestFolder();
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

async function isServed(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const served = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return served;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error("the condition did not become true");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("strongroom dev", () => {
  it("runs vaults in parallel, each with its folder and port, refuses a folder in use, and leaves nothing running", async () => {
    await using first = await startStrongroom("dev", "--dir", folder.path("one"), "--port", "0");
    await using second = await startStrongroom("dev", "--dir", folder.path("two"), "--port", "0");
    const [one, two] = await Promise.all([
      first.says(/localhost:(\d+)/),
      second.says(/localhost:(\d+)/),
    ]);
    expect(one).not.toBe(two);
    const { url, token } = JSON.parse(await readFile(folder.path("one/dev.json"), "utf8"));
    expect(url).toBe(`https://localhost:${one}`);
    expect(first.output()).not.toContain(token);
    // Whoever runs it may do what clients of Managed HSM do as well.
    const roles = "/providers/Microsoft.Authorization/roleDefinitions";
    for (const path of ["/secrets", "/settings", roles]) {
      const ca = await readFile(folder.path("one/trust/infrastructure-ca.crt"));
      const options = { ca, headers: { authorization: `Bearer ${token}` } };
      const asking = get(`${url}${path}?api-version=7.5`, options);
      const [answer] = await once(asking, "response");
      answer.resume();
      expect([path, answer.statusCode]).toEqual([path, 200]);
    }

    // Java names no host in TLS that has no dot; and clients that check challenges want a host with a domain above it.
    const ca = await readFile(folder.path("one/trust/infrastructure-ca.crt"));
    for (const [servername, host, challenged] of [
      ["", "localhost", "localhost"],
      ["vault.localhost", "vault.localhost", "localhost"],
    ] as const) {
      const options = { ca, servername, headers: { host: `${host}:${one}` } };
      const asking = get(`https://127.0.0.1:${one}/secrets?api-version=7.5`, {
        ...{
          ...options,
          checkServerIdentity: (_: string, peer: PeerCertificate) =>
            checkServerIdentity(host, peer),
        },
      });
      const [answer] = await once(asking, "response");
      answer.resume();
      expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([
        401,
        expect.stringContaining(`resource="https://${challenged}:${one}"`),
      ]);
    }

    const again = await strongroom("dev", "--dir", folder.path("one"), "--port", "0");
    expect(again).toEqual({
      code: 75,
      stdout: "",
      stderr: `strongroom: error: another vault runs in ${folder.path("one")}\nstrongroom: hint: stop it, or choose another folder with --dir\n`,
    });

    expect(await first.stop()).toBe(0);
    await expect(access(folder.path("one/dev.json"))).rejects.toThrow("ENOENT");
    await expect(access(join(folder.path("one"), "run", "hsm.sock"))).rejects.toThrow("ENOENT");
  }, 120_000);

  it.each([
    ["it is killed", startStrongroom, "SIGKILL"],
    ["npx, which started it, is ended", startWithNpx, "SIGTERM"],
  ] as const)(
    "leaves no program running when %s",
    async (name, start, signal) => {
      const root = folder.path(`ends-${name.length}`);
      await using vault = await start("dev", "--dir", root, "--port", "0");
      const port = Number(await vault.says(/localhost:(\d+)/));
      await vault.stop(signal);
      await until(async () => !(await isServed(port)));
      await using again = await startStrongroom("dev", "--dir", root, "--port", `${port}`);
      expect(await again.says(/localhost:(\d+)/)).toBe(`${port}`);
    },
    120_000,
  );

  it("takes a folder whose path is too long for a socket", async () => {
    const long = folder.path("a".repeat(120));
    await using vault = await startStrongroom("dev", "--dir", long, "--port", "0");
    expect(Number(await vault.says(/localhost:(\d+)/))).toBeGreaterThan(0);
    expect(await vault.stop()).toBe(0);
  }, 120_000);

  it("says that the port is in use, and makes no vault", async () => {
    await using server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { code, stderr } = await strongroom(
      "dev",
      "--dir",
      folder.path("port"),
      "--port",
      `${port}`,
    );
    expect([code, stderr.split("\n")[0]]).toEqual([
      65,
      `strongroom: error: port ${port} of localhost is in use`,
    ]);
    await expect(access(folder.path("port/vault.yaml"))).rejects.toThrow("ENOENT");
  });

  it.each(["/dev/null/vault", "/proc/vault"])(
    "says that nothing can be written in %s",
    async (path) => {
      const { code, stderr } = await strongroom("dev", "--dir", path, "--port", "0");
      expect([code, stderr.split("\n")[0]]).toEqual([
        64,
        expect.stringContaining(`nothing can be written in ${path}`),
      ]);
    },
  );

  it("says which module is missing", async () => {
    const { code, stderr } = await strongroom(
      { ...process.env, STRONGROOM_HSM_MODULE: "/no/module.so" },
      "dev",
      "--dir",
      folder.path("m"),
    );
    expect([code, stderr]).toEqual([
      75,
      expect.stringContaining("there is no PKCS#11 module at /no/module.so"),
    ]);
  });
});
