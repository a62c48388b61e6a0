// SPDX-License-Identifier: Apache-2.0
/** The host's configuration, from the environment. */

import { isAbsolute } from "node:path";
import { type LogLevel, StrongroomError } from "@strongroom/core";

/** What the host and its init step are told. */
export interface HostConfig {
  /** STRONGROOM_HSM_MODULE: path of the PKCS#11 module. */
  readonly module: string;
  /** STRONGROOM_HSM_DATA: folder of the token's volume. */
  readonly data: string;
  /**
   * STRONGROOM_HSM_DOMAIN, for the init step: `custodians`, or `none` for a token whose loss is the loss of the store.
   * There is no default: whoever makes a token says which.
   */
  readonly domain: "custodians" | "none" | undefined;
  /** STRONGROOM_HSM_SOCKET_DIR: folder of the socket and the start-up secret. */
  readonly socketDirectory: string;
  /** STRONGROOM_HSM_HEALTH_PORT: TCP port of /healthz and /readyz; 8090 by default, 0 for any. */
  readonly healthPort: number;
  /** STRONGROOM_LOG_LEVEL: error, warn, info (default) or debug. */
  readonly logLevel: LogLevel;
}

const prefix = "STRONGROOM_HSM_";
const names = ["MODULE", "DATA", "DOMAIN", "SOCKET_DIR", "HEALTH_PORT"].map(
  (name) => prefix + name,
);
const logLevels: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** The environment, as Node gives it. */
export type Environment = { readonly [name: string]: string | undefined };

/** @throws {StrongroomError} `BadParameter` naming the variable that is missing, wrong, or unknown. */
export function parseConfig(environment: Environment): HostConfig {
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith(prefix) && !names.includes(name),
  );
  if (unknown !== undefined) {
    throw new StrongroomError("BadParameter", `${unknown} is no setting of the HSM host`);
  }
  return {
    module: absolutePath(environment, "STRONGROOM_HSM_MODULE"),
    data: absolutePath(environment, "STRONGROOM_HSM_DATA"),
    domain: domain(environment["STRONGROOM_HSM_DOMAIN"]),
    socketDirectory: absolutePath(environment, "STRONGROOM_HSM_SOCKET_DIR"),
    healthPort: port(environment["STRONGROOM_HSM_HEALTH_PORT"] ?? "8090"),
    logLevel: logLevel(environment["STRONGROOM_LOG_LEVEL"] ?? "info"),
  };
}

/** @throws {StrongroomError} `BadParameter` if nobody said which domain a new token is to have. */
export function requireDomain({ domain: given }: HostConfig): "custodians" | "none" {
  if (given === undefined) {
    const message =
      "STRONGROOM_HSM_DOMAIN must say custodians, or none for a token without recovery";
    throw new StrongroomError("BadParameter", message);
  }
  return given;
}

function domain(text: string | undefined): HostConfig["domain"] {
  if (text !== undefined && text !== "custodians" && text !== "none") {
    throw new StrongroomError("BadParameter", "STRONGROOM_HSM_DOMAIN is custodians or none");
  }
  return text;
}

function absolutePath(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || !isAbsolute(value)) {
    throw new StrongroomError("BadParameter", `${name} must be an absolute path`);
  }
  return value;
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new StrongroomError("BadParameter", "STRONGROOM_HSM_HEALTH_PORT must be a TCP port");
  }
  return Number(text);
}

function logLevel(text: string): LogLevel {
  const level = logLevels.find((name) => name === text);
  if (level === undefined) {
    const message = `STRONGROOM_LOG_LEVEL must be one of ${logLevels.join(", ")}`;
    throw new StrongroomError("BadParameter", message);
  }
  return level;
}
