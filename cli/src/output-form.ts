// SPDX-License-Identifier: Apache-2.0
/** The option `--output` of commands that speak to people and to programs. */

import { CommandError } from "./terminal.ts";

/** For people, or one JSON object. */
export type OutputForm = "text" | "json";

/** @throws {CommandError} `BadParameter` */
export function parseOutput(text: string): OutputForm {
  if (text === "text" || text === "json") {
    return text;
  }
  throw new CommandError("BadParameter", "--output is text or json");
}
