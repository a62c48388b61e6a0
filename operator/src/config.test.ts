// SPDX-License-Identifier: Apache-2.0
/** The operator's environment. */

import { describe, expect, it } from "@jest/globals";
import { parseConfig } from "./config.ts";

const least = { STRONGROOM_NAMESPACE: "strongroom-system", STRONGROOM_POD_NAME: "operator-1" };

describe("parseConfig", () => {
  it("needs only namespace and pod", () => {
    expect(parseConfig(least)).toMatchObject({
      dial: { host: "strongroom.strongroom-system.svc", port: 443 },
      serverName: "strongroom.strongroom-system.svc",
      installationHost: "strongroom.strongroom-system.svc.cluster.local",
      healthPort: 8_081,
      kubeconfig: undefined,
    });
  });

  it("does not mind the variables that Kubernetes makes of a Service named strongroom", () => {
    const links = { STRONGROOM_PORT: "tcp://10.0.0.1:443", STRONGROOM_SERVICE_HOST: "10.0.0.1" };
    expect(parseConfig({ ...least, ...links }).dial.port).toBe(443);
  });

  it("names every variable that is wrong", () => {
    expect(() => parseConfig({ STRONGROOM_VAULT_PORT: "70000" })).toThrow(
      /STRONGROOM_NAMESPACE: .*STRONGROOM_POD_NAME: .*STRONGROOM_VAULT_PORT: /,
    );
  });
});
