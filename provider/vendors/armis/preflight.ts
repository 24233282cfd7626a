/**
 * Armis: the sign-in of its own client library, and a read without assets in it. The library needs a vendor id, which
 * the connector does not ask for: with none in MSEM_ARMIS_VENDOR_ID, just the host is reached.
 */
import { z } from "zod";
import { vendorError } from "../../http/vendor";
import { anonymous, definePreflight, ok } from "../preflight";
import { reachCheck, unasked } from "../reach";
import { armis } from "./connector";

const api = "https://api.armis.com";
const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().optional() });
const errorSchema = z.object({ detail: z.unknown() });
const fieldsSchema = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);

export const armisPreflight = definePreflight({
  connector: armis,
  baseUrl: ({ hostname = "" }) => `https://${hostname}`,
  impossible: {
    blockedBySourceAddress: "No list of allowed addresses and no answer that would name one is publicly known.",
  },
  proves: "With MSEM_ARMIS_VENDOR_ID: the client is good and may search devices. Without: the host answers.",
  doesNotProve: "That devices are visible, and that Microsoft's own vendor id is accepted in your tenant.",
  // A client that Armis does not take: by its library 400 is a bad request, and this one is always well formed.
  explain: ({ details: { status } }, check) =>
    check === "sign-in" && status === 400
      ? {
          result: "denied",
          found: "the client or the vendor id is refused",
          todo: "Check both, and the tenant's host name.",
        }
      : undefined,
  open: ({ settings, credentials }, { connect, environment }) => {
    const vendorId = environment("MSEM_ARMIS_VENDOR_ID");
    if (vendorId === undefined || vendorId === "") {
      return [
        reachCheck(connect({}), "host"),
        unasked(
          "sign-in",
          "the client was not tried: Armis's sign-in needs a vendor id",
          "Set MSEM_ARMIS_VENDOR_ID to one from Armis's developer portal, if you have one.",
        ),
      ];
    }
    const { clientId = "", clientSecret = "" } = credentials.fields;
    let token = "";
    const session = connect({
      url: api,
      authorize: () => (token === "" ? anonymous : { headers: { Authorization: `Bearer ${token}` }, secrets: [token] }),
      readError: (json) => {
        const detail = errorSchema.safeParse(json).data?.detail;
        return vendorError(typeof detail === "object" && detail !== null ? JSON.stringify(detail) : detail);
      },
    });
    return [
      {
        name: "sign-in",
        ask: () =>
          session.send({
            method: "POST",
            to: "/v3/oauth/token",
            secrets: [clientSecret, vendorId],
            body: {
              grant_type: "client_credentials",
              vendor_id: vendorId,
              // With its slash: the library's documents insist on it.
              audience: `https://${settings.hostname}/`,
              client_id: clientId,
              client_secret: clientSecret,
              scopes: ["ALL"],
            },
            answers: {
              200: (answer) => {
                token = answer.json(tokenSchema).access_token;
                return ok("the client is good");
              },
            },
          }),
      },
      {
        name: "devices",
        ask: () =>
          session.send({
            method: "GET",
            to: "/v3/assets/_search/fields",
            query: { asset_type: "DEVICE" },
            answers: {
              200: (answer) => {
                answer.json(fieldsSchema);
                return ok("may search devices");
              },
            },
          }),
      },
    ];
  },
});
