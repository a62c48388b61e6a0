// SPDX-License-Identifier: Apache-2.0
/** A node that was made anew on the same machine: an administrator frees the device, by the command line. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import {
  activatePath,
  beginEnrolment,
  collectEvidence,
  type Machine,
  makeMachine,
  nonceFor,
  post,
  postEvidence,
} from "./fixtures/machine.ts";
import { accounts, installationHost } from "./fixtures/names.ts";
import { administrator } from "./fixtures/oidc-issuer.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { traceOf } from "./fixtures/stored.ts";
import { strongroom } from "./fixtures/strongroom.ts";

describe("a node whose machine was enrolled as another node", () => {
  let installation: Installation;
  let old: Machine;
  let anew: Machine;
  let connection: readonly string[];

  beforeAll(async () => {
    installation = await startInstallation({ cluster: true, tpms: 1 });
    old = await makeMachine(installation, "node-old", 0);
    anew = await makeMachine(installation, "node-anew", 0);
    await enrol(old);
    const tokenFile = join(installation.folders.root, "administrator-token");
    await writeFile(tokenFile, await installation.oidc.token(administrator));
    connection = [
      ...["--url", `https://${installationHost}`],
      ...["--connect", `127.0.0.1:${installation.vault.port}`],
      ...["--ca", installation.folders.caFile, "--token-file", tokenFile],
    ];
  }, 90_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const enrol = async (machine: Machine) => {
    const answer = await beginEnrolment(installation, machine, machine.pluginToken);
    return await post(installation, machine.pluginToken, activatePath, answer);
  };
  const refused = (
    act: Parameters<typeof expectRefused>[1],
    expected: Parameters<typeof expectRefused>[2],
  ) => expectRefused(installation.folders.storeFile, act, expected);

  it("is refused, and nobody but an administrator changes that", async () => {
    expect((await enrol(anew)).body.error.innererror.code).toBe("EnrolmentRefused");
    const operator = await installation.cluster.accountToken(accounts.operator);
    const path = routes.enrolledNode(old.nodeUid);
    for (const [token, method, operation] of [
      [operator, "DELETE", "NodeForget"],
      [old.pluginToken, "DELETE", "NodeForget"],
      [await installation.oidc.token("somebody"), "DELETE", "NodeForget"],
      [operator, "GET", "NodeList"],
    ] as const) {
      const where = method === "GET" ? routes.enrolledNodes : path;
      const request = { serverName: installationHost, method, path: where, token };
      await refused(() => installation.send(request), { code: "Forbidden", operation });
    }
  });

  it("is listed with its device, and freed by name or uid", async () => {
    const { stdout, code } = await strongroom(["node", "list", ...connection]);
    const [name, uid, device, root] = stdout.trim().split("\t");
    expect([code, name, uid, root]).toEqual([0, "node-old", old.nodeUid, "test-0 (software)"]);
    const wrong = await strongroom(["node", "forget", "node-none", ...connection]);
    expect([wrong.code, wrong.stderr]).toEqual([
      66,
      "strongroom: error: no device is bound to a node node-none\n",
    ]);
    const { result, leaves } = await traceOf(installation.folders.storeFile, () =>
      strongroom(["node", "forget", "node-old", ...connection]),
    );
    expect(result).toEqual({
      ...{ code: 0, stdout: "" },
      stderr: `strongroom: node node-old (${old.nodeUid}) and device ${device} are free\n`,
    });
    const { event, writes } =
      leaves.find((leaf) => leaf.event.operationName === "NodeForget") ?? {};
    expect(event?.properties).toMatchObject({ nodeUid: old.nodeUid, nodeName: "node-old", device });
    expect(writes).toHaveLength(2);
  });

  it("is enrolled then; the old node is not", async () => {
    const nonce = await nonceFor(installation, old.pluginToken);
    const evidence = await collectEvidence(old, { nonce });
    await refused(() => postEvidence(installation, old.pluginToken, evidence), {
      ...{ code: "NotEnrolled", operation: "NodeAttest" },
    });
    expect((await enrol(anew)).body.node).toEqual({ name: "node-anew", uid: anew.nodeUid });
    expect((await strongroom(["node", "list", ...connection])).stdout).toContain("node-anew");
    await installation.vault.stop("SIGKILL");
    await installation.vault.start();
    expect((await strongroom(["node", "list", ...connection])).stdout).not.toContain("node-old");
  });
});
