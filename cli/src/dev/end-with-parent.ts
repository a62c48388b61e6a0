// SPDX-License-Identifier: Apache-2.0
/** Loaded before a program that `strongroom dev` starts: ends it when the command is gone, even if that was killed. */

process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel says when the parent is gone; it must not keep the program alive by itself.
process.channel?.unref();
