// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { parseConfig } from "./config.ts";

const least = {
  STRONGROOM_HSM_MODULE: "/usr/lib/module.so",
  STRONGROOM_HSM_DATA: "/data",
  STRONGROOM_HSM_SOCKET_DIR: "/run/hsm",
};

describe("parseConfig", () => {
  it("takes three paths and has defaults for the rest", () => {
    expect(parseConfig({ ...least, PATH: "/bin" })).toEqual({
      module: "/usr/lib/module.so",
      data: "/data",
      socketDirectory: "/run/hsm",
      healthPort: 8090,
      logLevel: "info",
    });
  });

  it.each([
    ["a module", { STRONGROOM_HSM_MODULE: undefined }, "STRONGROOM_HSM_MODULE"],
    ["an absolute path", { STRONGROOM_HSM_DATA: "data" }, "STRONGROOM_HSM_DATA"],
    ["a port", { STRONGROOM_HSM_HEALTH_PORT: "65536" }, "STRONGROOM_HSM_HEALTH_PORT"],
    ["a number as port", { STRONGROOM_HSM_HEALTH_PORT: "http" }, "STRONGROOM_HSM_HEALTH_PORT"],
    ["a log level", { STRONGROOM_LOG_LEVEL: "verbose" }, "STRONGROOM_LOG_LEVEL"],
    ["settings that exist", { STRONGROOM_HSM_SOCKET: "/run" }, "STRONGROOM_HSM_SOCKET"],
  ])("wants %s, and names what is wrong", (_, change, name) => {
    expect(() => parseConfig({ ...least, ...change })).toThrow(name);
  });
});
