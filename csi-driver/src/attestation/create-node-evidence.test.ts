// SPDX-License-Identifier: Apache-2.0
/** A node's evidence from a real software TPM: what is chosen, and that it is bound to what was asked for. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { TpmEvidence } from "@strongroom/api";
import { parseTpmQuote } from "@strongroom/attestation";
import { fromBase64url, sha256, silentLog, systemClock, utf8 } from "@strongroom/core";
import { hasSwtpm, startSwtpm } from "@strongroom/testing";
import { createFakeVault, workingVault } from "../__fixtures__/fake-vault.ts";
import { parseConfig } from "../config.ts";
import { systemLogFiles } from "../event-log/log-files.ts";
import { connectTpm } from "../tpm/connect-tpm.ts";
import { writeNvIndex } from "../tpm/nv-memory.ts";
import { systemTsmFiles } from "../tsm/tsm-files.ts";
import { createNodeEvidence } from "./create-node-evidence.ts";
import { openEndorsements } from "./open-endorsements.ts";

const withSwtpm = hasSwtpm() ? describe : describe.skip;
const { signal } = new AbortController();
const runtimeData = utf8('{"nonce":"n"}');

async function setUp(socketPath: string, more: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), "node-evidence-"));
  const config = parseConfig({
    STRONGROOM_NODE_NAME: "node-1",
    STRONGROOM_KUBELET_ROOT: folder,
    STRONGROOM_ISSUER: "https://strongroom.test",
    STRONGROOM_VAULT_ADDRESS: "strongroom.test:443",
    STRONGROOM_VAULT_SERVER_NAME: "strongroom.test",
    ...{ STRONGROOM_CA_FILE: "/ca.crt", STRONGROOM_RELEASE_ROOT_FILE: "/root.crt" },
    ...{ STRONGROOM_TOKEN_FILE: "/token", STRONGROOM_TPM_SOCKET: socketPath },
    ...{
      STRONGROOM_TSM_PATH: join(folder, "no-tsm"),
      STRONGROOM_NSM_DEVICE: join(folder, "no-nsm"),
    },
    STRONGROOM_SEV_GUEST_DEVICE: join(folder, "no-sev"),
    ...more,
  });
  const deps = {
    ...{ clock: systemClock, log: silentLog },
    ...{ tsmFiles: systemTsmFiles, logFiles: systemLogFiles },
  };
  const open = () => openEndorsements({ ...deps, config: config.endorsements, stopping: signal });
  return {
    ...{ folder, config, deps, open },
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  };
}

withSwtpm("a node with a TPM", () => {
  it("attests by it, until the TPM turns out to be an Azure machine's, and never by less again", async () => {
    await using swtpm = await startSwtpm();
    await using world = await setUp(swtpm.socketPath);
    const sent: TpmEvidence[] = [];
    const installation = {
      ...createFakeVault(workingVault),
      attestTpm: async (evidence: TpmEvidence) => {
        sent.push(evidence);
        return "token";
      },
    };
    const library = await world.open();
    const node = createNodeEvidence({ ...world.deps, config: world.config, installation, library });
    expect(await node.present(runtimeData, signal)).toBe("token");
    const { extraData } = parseTpmQuote(fromBase64url(sent[0]?.quote ?? ""));
    expect(extraData).toEqual(sha256(runtimeData));

    // A report that makes no sense: the node must not pretend that it is no Azure machine.
    const transport = connectTpm({ kind: "socket", path: swtpm.socketPath });
    await transport.use((channel) => writeNvIndex(channel, 0x01400001, new Uint8Array(64)));
    for (const again of [
      node,
      createNodeEvidence({ ...world.deps, config: world.config, installation, library }),
    ]) {
      await expect(again.present(runtimeData, signal)).rejects.toMatchObject({ code: "TpmFailed" });
    }
    expect(sent.length).toBe(1);
  });
});

describe("a node's endorsements", () => {
  it("need every file that the configuration names", async () => {
    await using world = await setUp("/nonexistent.sock", {
      STRONGROOM_AMD_URL: "https://kds.test",
      STRONGROOM_ENDORSEMENTS_CA_FILE: join(tmpdir(), "no-such-ca.pem"),
    });
    await expect(world.open()).rejects.toMatchObject({ code: "BadParameter" });
  });

  it("are opened with the key of Intel's service from its file", async () => {
    await using world = await setUp("/nonexistent.sock");
    const [ca, key] = ["ca.pem", "key"].map((name) => join(world.folder, name));
    await writeFile(ca ?? "", "PEM");
    await writeFile(key ?? "", "secret\n");
    const config = {
      ...world.config.endorsements,
      intelUrl: "https://pcs.test",
      caFile: ca,
      intelKeyFile: key,
    };
    const library = await openEndorsements({ ...world.deps, config, stopping: signal });
    expect(await library.find({ names: [] }, signal)).toEqual([]);
  });
});
