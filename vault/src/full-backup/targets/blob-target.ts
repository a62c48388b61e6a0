// SPDX-License-Identifier: Apache-2.0
/**
 * Full backups as block blobs of an Azure Storage container, by its REST interface with a shared access signature:
 * Put Block, Put Block List, Get Blob, Delete Blob. A blob is there when its list of blocks is.
 */

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type HttpsOptions, StrongroomError, sendHttps, toHex } from "@strongroom/core";
import { Refusal } from "../../audit/event.ts";
import { inChunks } from "../in-chunks.ts";
import { blockBytes, maxBlocks, storageIdleMs, storageTimeoutMs } from "../limits.ts";
import { type BackupTarget, noSuchBackup, requireFolderName, streamName } from "./backup-target.ts";

/** A container that requests may go to. */
export interface BlobContainer {
  /** `https://HOST[:PORT]/CONTAINER`. */
  readonly url: URL;
  /** Query that gives access; never logged, recorded or answered. */
  readonly sas: string;
  /** PEM of the CAs that the storage must have its certificate from, and no others. */
  readonly ca: string;
}

/** The version of the storage's interface. */
const interfaceVersion = "2021-12-02";

interface StorageRequest {
  readonly method: "PUT" | "GET" | "DELETE";
  readonly blob: string;
  readonly query?: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The container. */
export function createBlobTarget(container: BlobContainer): BackupTarget {
  const { url } = container;
  const send = (request: StorageRequest) => sendToStorage(container, request);
  return {
    uri: `${url.origin}${url.pathname}`,
    write: async (folder, bytes) => {
      const blob = `${requireFolderName(folder)}/${streamName}`;
      const ids: string[] = [];
      // A block is answered once the storage has all of it: the next may take its memory.
      for await (const { chunk: block } of inChunks(bytes, blockBytes)) {
        const id = blockId(ids.length);
        const query = `comp=block&blockid=${encodeURIComponent(id)}`;
        await drain(await send({ method: "PUT", blob, query, body: block }));
        ids.push(id);
      }
      await drain(await send(blockList(blob, ids)));
    },
    read: (folder) => download(send, `${requireFolderName(folder)}/${streamName}`),
    probe: async () => {
      const blob = `probe-${toHex(randomBytes(8))}`;
      const headers = { "x-ms-blob-type": "BlockBlob" };
      await drain(await send({ method: "PUT", blob, body: new Uint8Array(), headers }));
      await drain(await send({ method: "DELETE", blob }));
    },
  };
}

// A backup never takes the place of another.
function blockList(blob: string, ids: readonly string[]): StorageRequest {
  const list = ids.map((id) => `<Latest>${id}</Latest>`).join("");
  const xml = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
  return {
    ...{ method: "PUT", blob, query: "comp=blocklist", body: Buffer.from(xml) },
    headers: { "content-type": "application/xml", "if-none-match": "*" },
  };
}

function blockId(index: number): string {
  if (index >= maxBlocks) {
    throw new Refusal("BadParameter", "the backup is larger than a blob may be");
  }
  return Buffer.from(String(index).padStart(6, "0")).toString("base64");
}

async function* download(
  send: (request: StorageRequest) => Promise<IncomingMessage>,
  blob: string,
): AsyncGenerator<Uint8Array> {
  const response = await send({ method: "GET", blob });
  try {
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      yield piece;
    }
  } catch (cause) {
    throw unavailable("the storage ended its answer", cause);
  } finally {
    response.destroy();
  }
}

// Redirections are not followed: the storage is where the configuration says.
async function sendToStorage(
  container: BlobContainer,
  { method, blob, query, body, headers }: StorageRequest,
): Promise<IncomingMessage> {
  const { url, sas, ca } = container;
  const path = `${url.pathname}/${blob}?${query === undefined ? "" : `${query}&`}${sas}`;
  const options: HttpsOptions = {
    ...{ host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port || 443, ca, method, path },
    headers: { host: url.host, "x-ms-version": interfaceVersion, ...headers },
  };
  const response = await begin(options, body);
  response.setTimeout(storageIdleMs, () => response.destroy(new Error("the storage went silent")));
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    return response;
  }
  response.destroy();
  throw refusedWith(status, method);
}

// Until the answer begins: reading a large blob may take hours.
async function begin(
  options: HttpsOptions,
  body: Uint8Array | undefined,
): Promise<IncomingMessage> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), storageTimeoutMs);
  try {
    return await sendHttps(options, body, late.signal);
  } catch (cause) {
    throw unavailable("the storage does not answer", cause);
  } finally {
    clearTimeout(timer);
  }
}

function refusedWith(status: number, method: string): StrongroomError {
  if (status === 404 && method === "GET") {
    return noSuchBackup();
  }
  return status >= 500 || status === 429
    ? unavailable(`the storage answered ${status}`, undefined)
    : new Refusal("BackupTargetRefused", `the storage answered ${status}`);
}

function unavailable(message: string, cause: unknown): StrongroomError {
  return new StrongroomError("BackupTargetUnavailable", message, { cause });
}

async function drain(response: IncomingMessage): Promise<void> {
  try {
    for await (const _ of response) {
      // What the storage says besides its status is of no use here.
    }
  } catch (cause) {
    throw unavailable("the storage ended its answer", cause);
  }
}
