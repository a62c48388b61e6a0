// SPDX-License-Identifier: Apache-2.0
/** First publishes while the vault is away, does not believe the node, forgot the session, or is another one. */

import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "@jest/globals";
import { publishCall } from "./__fixtures__/calls.ts";
import { good, usePlugin } from "./__fixtures__/use-plugin.ts";

const now = usePlugin();

describe("a first publish, as the vault has it", () => {
  it("waits inside the call for a vault that is away, and goes on when it is back", async () => {
    const target = await now.sandbox.target("waits");
    await now.plugin.vault({ releaseFails: "VaultUnavailable" });
    const pending = now.driver.publish(publishCall(target));
    await new Promise((resolve) => setTimeout(resolve, 400));
    await now.plugin.vault({ releaseFails: undefined });
    expect((await pending).code).toBe(status.OK);
  });

  it("gives up with a code that kubelet retries when the vault stays away, and names the vault", async () => {
    const target = await now.sandbox.target("away");
    await now.plugin.vault({ releaseFails: "VaultUnavailable" });
    const result = await now.driver.publish(publishCall(target));
    await now.plugin.vault({ releaseFails: undefined });
    expect(result).toEqual({
      code: status.UNAVAILABLE,
      details: "vault vault in namespace ns does not answer: it is away or does not exist",
    });
    await now.expectNothingAt(target);
  });

  it("says why the vault does not believe the node, and mounts nothing", async () => {
    const target = await now.sandbox.target("refused");
    await now.plugin.vault({ attestFails: "BindingMismatch", nextReleaseFails: "TargetInvalid" });
    const result = await now.driver.publish(publishCall(target));
    await now.plugin.vault({ attestFails: undefined, nextReleaseFails: undefined });
    expect(result).toEqual({
      code: status.PERMISSION_DENIED,
      details: "node attestation refused: BindingMismatch",
    });
    await now.expectNothingAt(target);
    // A refusal is remembered for five seconds, and no longer.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect((await now.driver.publish(publishCall(target))).code).toBe(status.OK);
  });

  it("attests anew, once, when the vault no longer takes the session", async () => {
    const target = await now.sandbox.target("expired");
    const before = await now.plugin.vault({ nextReleaseFails: "TargetExpired" });
    expect((await now.driver.publish(publishCall(target))).code).toBe(status.OK);
    const after = await now.plugin.vault({});
    expect(after.counts.attestations).toBe(before.counts.attestations + 1);
  });

  it("finds out by itself that another vault stands behind the name", async () => {
    const target = await now.sandbox.target("replaced");
    await now.plugin.vault({ uid: "v2" });
    expect((await now.driver.publish(publishCall(target))).code).toBe(status.OK);
    await now.plugin.vault(good);
    expect((await now.driver.publish(publishCall(await now.sandbox.target("back")))).code).toBe(
      status.OK,
    );
  });
});
