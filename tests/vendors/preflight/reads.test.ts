/** Every request of every pre-flight, in full: reads of one record at most, no job started, nothing written. */
import type { ProbeCall } from "../../../provider/vendors/preflight";
import { preflightOf, preflights } from "../../../provider/vendors/preflights";

/** What the checks would send, each by itself, with the credential fields named by themselves. */
async function readsOf(type: string, kind = "", variables: Record<string, string> = {}): Promise<string[]> {
  const { open, connector } = preflightOf(type);
  const way = connector.authentication.find((one) => kind === "" || one.kind === kind);
  const settings = Object.fromEntries(Object.entries(connector.settings).map(([name, { example }]) => [name, example]));
  const fields = Object.fromEntries(Object.keys(way?.fields ?? {}).map((name) => [name, `<${name}>`]));
  const reads: string[] = [];
  const send = async ({ method, to, query = {}, body, content }: ProbeCall<unknown>): Promise<never> => {
    const parameters = new URLSearchParams(query as Record<string, string>).toString();
    const sent = content === undefined ? JSON.stringify(body) : decodeURIComponent(content.text);
    reads.push([method, `${String(to)}${parameters === "" ? "" : `?${parameters}`}`, sent].filter(Boolean).join(" "));
    throw new Error("nothing is sent here");
  };
  const tools = {
    connect: () => ({ send: send as never }),
    environment: (name: string) => variables[name],
  };
  for (const check of open({ settings, credentials: { kind: way?.kind ?? "", fields } }, tools)) {
    await check.ask().catch(() => undefined);
  }
  return reads;
}

const table = (name: string) =>
  `GET /api/now/table/${name}?sysparm_limit=1&sysparm_fields=sys_id&sysparm_no_count=true`;
const tables = ["cmdb_ci", "cmdb_ci_computer", "cmdb_ci_network_adapter", "cmdb_ci_business_app"].map(table);
const grant = "grant_type=client_credentials&client_id=<clientId>&client_secret=<clientSecret>";

const wanted: readonly (readonly [type: string, kind: string, reads: readonly string[]])[] = [
  ["serviceNow", "basic", tables],
  ["serviceNow", "oauth2", [`POST /oauth_token.do ${grant}`, ...tables]],
  [
    "qualys",
    "",
    [
      "POST /qps/rest/2.0/count/am/hostasset <ServiceRequest></ServiceRequest>",
      "POST /api/2.0/fo/knowledge_base/vuln/ action=list&ids=86002&details=None",
    ],
  ],
  ["rapid7", "", ["GET /validate", "POST /vm/v4/integration/assets?size=1 {}"]],
  [
    "tenable",
    "",
    [
      "GET /server/status",
      "GET /assets/export/status",
      "GET /vulns/export/status",
      "GET /api/v3/access-control/permissions/users/me",
    ],
  ],
  [
    "wiz",
    "",
    [
      `POST /oauth/token ${grant}&audience=wiz-api`,
      'POST /graphql {"query":"query Preflight { vulnerabilityFindings(first: 1) { nodes { id } } }","variables":{}}',
    ],
  ],
  ["prismaCloud", "", ['POST /login {"username":"<accessKeyId>","password":"<secretKey>"}', "GET /user/me"]],
  [
    "crowdStrike",
    "",
    [
      "POST /oauth2/token client_id=<clientId>&client_secret=<clientSecret>",
      "GET /discover/queries/hosts/v1?limit=1",
      "GET /spotlight/queries/vulnerabilities/v1?limit=1&filter=status%3A%27open%27",
    ],
  ],
  [
    "sentinelOne",
    "",
    ['POST /web/api/v2.1/users/api-token-details {"data":{"apiToken":"<apiToken>"}}', "GET /web/api/v2.1/agents/count"],
  ],
  ["armis", "", ["GET /"]],
  ["dragos", "", ['POST /assets/api/v4/getAssets {"pagination":{"pageSize":1}}']],
  ["forescout", "", ["GET /"]],
];

it.each(wanted)("%s (%s) sends this and nothing else", async (type, kind, reads) => {
  expect(await readsOf(type, kind)).toEqual(reads);
});

it("armis with a vendor id signs in and asks for names of fields, not for devices", async () => {
  expect(await readsOf("armis", "", { MSEM_ARMIS_VENDOR_ID: "v" })).toEqual([
    'POST /v3/oauth/token {"grant_type":"client_credentials","vendor_id":"v","audience":"https://contoso.armis.com/","client_id":"<clientId>","client_secret":"<clientSecret>","scopes":["ALL"]}',
    "GET /v3/assets/_search/fields?asset_type=DEVICE",
  ]);
});

it("is told of every product", () => {
  expect(new Set(wanted.map(([type]) => type))).toEqual(new Set(preflights.map(({ connector }) => connector.type)));
});
