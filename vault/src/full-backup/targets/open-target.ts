// SPDX-License-Identifier: Apache-2.0
/** The target that a request names, if the configuration has it: a caller chooses among places, and makes none. */

import { readFile } from "node:fs/promises";
import type { Storage } from "@strongroom/api";
import { Refusal } from "../../audit/event.ts";
import type { BackupConfig } from "../../config.ts";
import type { BackupTarget } from "./backup-target.ts";
import { createBlobTarget } from "./blob-target.ts";
import { createDirectoryTarget, directoryUri } from "./directory-target.ts";

const containerPath = /^\/(\$root|[a-z0-9](-?[a-z0-9]){2,62})\/?$/;
const sasPattern = /^\??[\w.~%+/:,!*'()-]+=[\w.~%+/:,!*'()=&-]*$/;

/** @throws {Refusal} `BadParameter` if it is no address, `Forbidden` if the configuration does not have it */
export async function openTarget(config: BackupConfig, storage: Storage): Promise<BackupTarget> {
  const { storageResourceUri: uri, token, useManagedIdentity } = storage;
  if (useManagedIdentity === true) {
    throw new Refusal("BadParameter", "this vault has no managed identity: give a SAS token");
  }
  if (uri.replace(/\/$/, "") === directoryUri) {
    if (config.directory === undefined) {
      throw notConfigured();
    }
    return createDirectoryTarget(config.directory);
  }
  const url = URL.parse(uri);
  if (url?.protocol !== "https:" || !containerPath.test(url.pathname) || hasMore(url)) {
    throw new Refusal("BadParameter", `the storage is ${directoryUri} or https://HOST/CONTAINER`);
  }
  const known = config.blobStorage.find(({ host }) => host === url.host);
  if (known === undefined) {
    throw notConfigured();
  }
  url.pathname = url.pathname.replace(/\/$/, "");
  const ca = await readFile(known.caFile, "utf8");
  return createBlobTarget({ url, sas: requireSas(token ?? ""), ca });
}

function requireSas(token: string): string {
  if (token.length > 4096 || !sasPattern.test(token)) {
    throw new Refusal("BadParameter", "the storage needs a SAS token, a query of names and values");
  }
  return token.replace(/^\?/, "");
}

function hasMore({ username, password, search, hash }: URL): boolean {
  return `${username}${password}${search}${hash}` !== "";
}

function notConfigured(): Refusal {
  return new Refusal(
    "Forbidden",
    "the vault's configuration does not allow this place for backups",
  );
}
