/** Forescout: no API that takes a key is public, so the host is reached and the key is not sent anywhere. */
import { definePreflight } from "../preflight";
import { reachCheck, unasked } from "../reach";
import { forescout } from "./connector";

const neverSent = "The key is never sent: no public API of Forescout takes one.";

export const forescoutPreflight = definePreflight({
  connector: forescout,
  baseUrl: ({ endpoint = "" }) => `https://${endpoint}`,
  impossible: {
    ok: neverSent,
    throttled: "One request without a credential: whatever answers it, the host is reached.",
    missingScope: neverSent,
    denied: neverSent,
    blockedBySourceAddress: neverSent,
    wrongEndpoint: "What Forescout's endpoint answers is not public, so no other answer can be told from it.",
  },
  proves: "The name resolves, TLS holds, and something answers. Nothing about the key.",
  doesNotProve: "That it is Forescout, that the key is good, and what it may read.",
  open: (_account, { connect }) => [
    reachCheck(connect({}), "host"),
    unasked(
      "key",
      "the key was not tried: no public API of Forescout takes one",
      "Connect, and look at the connection's status: the service is the first to try the key.",
    ),
  ],
});
