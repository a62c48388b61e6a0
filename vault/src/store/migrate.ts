// SPDX-License-Identifier: Apache-2.0
/** Brings the schema of a SQLite file to the version that this program knows. */

import type { DatabaseSync } from "node:sqlite";
import { SqliteRefusal } from "./sqlite-failure.ts";
import type { Schema } from "./sqlite-protocol.ts";

/** Runs what is missing, all in one transaction. Throws a refusal on a store that a newer release wrote. */
export function migrate(db: DatabaseSync, { versionTable, migrations }: Schema): void {
  db.exec("begin immediate");
  db.exec(versionTable);
  const version = Number(db.prepare("select version from schema_version").get()?.["version"] ?? 0);
  if (version > migrations.length) {
    const message = "the store was written by a newer release";
    throw new SqliteRefusal({ code: "StoreUnavailable", message });
  }
  for (const statement of migrations.slice(version).flat()) {
    db.exec(statement);
  }
  db.exec("delete from schema_version");
  db.prepare("insert into schema_version values (?)").run(migrations.length);
  db.exec("commit");
}
