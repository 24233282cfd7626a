/** Dragos: one asset, as the health check of a public connector asks for it. */
import { z } from "zod";
import { vendorError } from "../../http/vendor";
import { basic, definePreflight, inconclusive, ok } from "../preflight";
import { dragos } from "./connector";

const pageSchema = z.object({ content: z.array(z.unknown()), totalElements: z.number().optional() });
const errorSchema = z.object({
  message: z.string().optional(),
  error: z.string().optional(),
  detail: z.string().optional(),
});

export const dragosPreflight = definePreflight({
  connector: dragos,
  baseUrl: ({ hostname = "" }) => `https://${hostname}`,
  impossible: {
    blockedBySourceAddress:
      "No list of allowed addresses is publicly known in Dragos; on premises a firewall drops the traffic: unreachable.",
  },
  proves: "The key is good and reads assets.",
  doesNotProve:
    "Whether the connector uses this version of the API. Dragos publishes no list of errors: a refusal is read by its status.",
  open: ({ credentials }, { connect }) => {
    const { apiKey = "", apiSecret = "" } = credentials.fields;
    const session = connect({
      authorize: () => basic(apiKey, apiSecret),
      readError: (json) => {
        const parsed = errorSchema.safeParse(json);
        return parsed.success ? vendorError(parsed.data.message ?? parsed.data.detail ?? parsed.data.error) : undefined;
      },
    });
    return [
      {
        name: "assets",
        ask: () =>
          session.send({
            method: "POST",
            to: "/assets/api/v4/getAssets",
            body: { pagination: { pageSize: 1 } },
            answers: {
              200: (answer) => {
                const { content, totalElements } = answer.json(pageSchema);
                if (content.length === 0) {
                  return inconclusive("no asset is visible", "Either there is none yet, or the key's user sees none.");
                }
                return ok(totalElements === undefined ? "reads assets" : `reads assets; ${totalElements} visible`);
              },
            },
          }),
      },
    ];
  },
});
