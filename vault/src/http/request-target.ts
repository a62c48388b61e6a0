// SPDX-License-Identifier: Apache-2.0
/** Targets in absolute form, `GET https://host/path`, which every server has to take. RFC 9112 section 3.2.2. */

import type { IncomingMessage } from "node:http";

const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/i;

/** The target's path and query. A host in it that is not the header's stands beside it then: such a request names two. */
export function pathOfTarget(request: IncomingMessage): string {
  const { url = "/", headers } = request;
  if (url.startsWith("/")) {
    return url;
  }
  const [, host = "", path = url] = absoluteForm.exec(url) ?? [];
  if (host.toLowerCase() !== headers.host?.toLowerCase()) {
    headers.host = `${headers.host ?? ""}, ${host}`;
  }
  return path.startsWith("/") ? path : `/${path}`;
}
