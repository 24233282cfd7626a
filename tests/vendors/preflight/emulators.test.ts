/** The emulated products by raw HTTP: what their documents say of each read, with nothing of ours in between. */
import { createVendorEmulator, type RunningVendor } from "../../../provider/emulator/vendor";
import { armisEmulator } from "../../../provider/vendors/armis/emulator";
import { crowdStrikeEmulator } from "../../../provider/vendors/crowdstrike/emulator";
import { dragosEmulator } from "../../../provider/vendors/dragos/emulator";
import type { VendorEmulator } from "../../../provider/vendors/emulate";
import { forescoutEmulator } from "../../../provider/vendors/forescout/emulator";
import { prismaCloudPreflightEmulator } from "../../../provider/vendors/prismacloud/preflightEmulator";
import { qualysEmulator } from "../../../provider/vendors/qualys/emulator";
import { rapid7Emulator } from "../../../provider/vendors/rapid7/emulator";
import { sentinelOneEmulator } from "../../../provider/vendors/sentinelone/emulator";
import { serviceNowPreflightEmulator } from "../../../provider/vendors/servicenow/preflightEmulator";
import { tenablePreflightEmulator } from "../../../provider/vendors/tenable/preflightEmulator";
import { wizPreflightEmulator } from "../../../provider/vendors/wiz/preflightEmulator";

type Headers = Readonly<Record<string, string>>;
/** What is asked (`GET /path?query`), with what, the status, and the form of the body and of headers. */
type Exchange = readonly [
  ask: string,
  headers: Headers,
  body: string,
  status: number,
  answers: RegExp,
  answerHeaders?: Readonly<Record<string, RegExp>>,
];

function product<Store extends object>(
  emulator: VendorEmulator<Store>,
  seed: Partial<Store>,
  exchanges: readonly Exchange[],
) {
  const start = () => createVendorEmulator(emulator, { seed: (store) => void Object.assign(store, seed) });
  return { name: emulator.name, start: start as () => Promise<RunningVendor<object>>, exchanges };
}

const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };
const xml = { "content-type": "text/xml" };

const rapid7 = { "x-api-key": "rapid7-key" };
const rapid7Assets = "POST /vm/v4/integration/assets";
const reader = basic("reader:qualys-password");
const count = "POST /qps/rest/2.0/count/am/hostasset";
const knowledgeBase = "POST /api/2.0/fo/knowledge_base/vuln/";
const requestedWith = { ...form, "x-requested-with": "test" };
const falcon = bearer("token-of-client-1");
const spotlight = "GET /spotlight/queries/vulnerabilities/v1?limit=1";
const sentinelOne = { authorization: "ApiToken sentinelone-token" };
const details = "POST /web/api/v2.1/users/api-token-details";
const armisToken = (audience: string) =>
  `{"grant_type":"client_credentials","vendor_id":"vendor-1","audience":"${audience}","client_id":"reader@contoso.com","client_secret":"armis-secret","scopes":["ALL"]}`;
const armisFields = "GET /v3/assets/_search/fields?asset_type=DEVICE";
const user = basic("u:p:q");
const table = "GET /api/now/table";
const tenable = { "x-apikeys": "accessKey=a;secretKey=s" };
const finding = '{"query":"{ vulnerabilityFindings(first: 1) { nodes { id } } }"}';
const grant = "grant_type=client_credentials&client_id=c&client_secret=s";

const products = [
  product(rapid7Emulator, {}, [
    ["GET /validate", rapid7, "", 200, /Authorized/],
    ["GET /validate", { "x-api-key": "other" }, "", 401, /"message":"Unauthorized","localized_message"/],
    ["GET /validate", {}, "", 401, /Unauthorized/],
    [
      `${rapid7Assets}?size=1`,
      { ...rapid7, ...json },
      "{}",
      200,
      /"data":\[\{"id":"asset-1"\}\].*"totalResources":1204/,
    ],
    [`${rapid7Assets}?size=501`, { ...rapid7, ...json }, "{}", 400, /"status":"400"/],
    [`${rapid7Assets}?size=1`, { ...rapid7, "content-type": "text/plain" }, "{}", 415, /Content type/],
  ]),
  product(qualysEmulator, {}, [
    [
      count,
      { ...reader, ...xml },
      "<ServiceRequest/>",
      200,
      /<responseCode>SUCCESS<\/responseCode><count>4512<\/count>/,
      { "x-ratelimit-remaining": /^298$/, "x-concurrency-limit-limit": /^2$/ },
    ],
    [count, { ...reader, ...form }, "action=list", 200, /INVALID_REQUEST/],
    [count, xml, "<ServiceRequest/>", 401, /UNAUTHORIZED/],
    [
      knowledgeBase,
      { ...reader, ...requestedWith },
      "action=list&ids=86002&details=None",
      200,
      /<!DOCTYPE KNOWLEDGE_BASE_VULN_LIST_OUTPUT[\s\S]*<QID>86002<\/QID>/,
    ],
    [knowledgeBase, { ...reader, ...requestedWith }, "action=list", 400, /<CODE>1905<\/CODE>/],
    [knowledgeBase, { ...reader, ...form }, "action=list&ids=86002", 400, /<CODE>1905<\/CODE>/],
    [knowledgeBase, basic("reader:no"), "", 401, /<CODE>2000<\/CODE>/],
    ["GET /msp/about.php", reader, "", 404, /<html>/],
  ]),
  product(crowdStrikeEmulator, {}, [
    [
      "POST /oauth2/token",
      form,
      "client_id=client-1&client_secret=falcon-secret",
      201,
      /"expires_in":1799,"token_type":"bearer"/,
      { "x-cs-region": /^eu-1$/, "x-cs-traceid": /.{8}/ },
    ],
    ["POST /oauth2/token", form, "client_id=client-1&client_secret=no", 400, /"errors":\[\{"code":400/],
    ["GET /discover/queries/hosts/v1?limit=1", falcon, "", 200, /"total":3\}\},"resources":\["asset-1"\]/],
    ["GET /discover/queries/hosts/v1?limit=101", falcon, "", 400, /from 1 to 100/],
    ["GET /discover/queries/hosts/v1?limit=1", {}, "", 401, /access denied/],
    [spotlight, falcon, "", 400, /filter is mandatory/],
    [`${spotlight}&filter=status:%27*%27`, falcon, "", 400, /filter is mandatory/],
    [`${spotlight}&filter=status:%27open%27`, falcon, "", 200, /vulnerability-1/],
  ]),
  product(sentinelOneEmulator, {}, [
    [
      details,
      sentinelOne,
      '{"data":{"apiToken":"sentinelone-token"}}',
      200,
      /"expiresAt":"2099-01-01T00:00:00.000000Z"/,
    ],
    [details, sentinelOne, '{"data":{"token":"sentinelone-token"}}', 400, /"errors":\[\{"code":4000010/],
    ["GET /web/api/v2.1/agents/count", sentinelOne, "", 200, /^\{"data":\{"total":310\}\}$/],
    ["GET /web/api/v2.1/agents/count", bearer("sentinelone-token"), "", 401, /Authentication Failed/],
  ]),
  product(armisEmulator, {}, [
    ["POST /v3/oauth/token", json, armisToken("https://contoso.armis.com/"), 200, /"token_type":"Bearer"/],
    ["POST /v3/oauth/token", json, armisToken("https://contoso.armis.com"), 400, /"detail"/],
    [armisFields, bearer("token-of-reader@contoso.com"), "", 200, /device_id/],
    [armisFields, {}, "", 401, /"detail"/],
  ]),
  product(dragosEmulator, {}, [
    [
      "POST /assets/api/v4/getAssets",
      basic("dragos-key:dragos-secret"),
      '{"pagination":{"pageSize":1}}',
      200,
      /^\{"content":\[\{"id":1\}\],"pageNumber":1,"pageSize":1,"totalElements":77\}$/,
    ],
    ["POST /assets/api/v4/getAssets", basic("dragos-key:no"), "{}", 401, /Unauthorized/],
  ]),
  product(forescoutEmulator, { status: 302 }, [["GET /", {}, "", 302, /^$/, { location: /login/ }]]),
  product(
    serviceNowPreflightEmulator,
    {
      users: [{ name: "u", password: "p:q" }],
      clients: [{ id: "c", secret: "s" }],
      hidden: ["cmdb_ci_computer"],
      refused: ["cmdb_ci_business_app"],
    },
    [
      [`${table}/cmdb_ci?sysparm_limit=1`, user, "", 200, /^\{"result":\[\{"sys_id":"cmdb_ci-0"\}\]\}$/],
      [`${table}/cmdb_ci_computer?sysparm_limit=1`, user, "", 200, /^\{"result":\[\]\}$/],
      [`${table}/cmdb_ci_business_app`, user, "", 403, /"status":"failure"/],
      [`${table}/no_such`, user, "", 404, /Invalid table no_such/],
      [`${table}/cmdb_ci`, basic("u:no"), "", 401, /User Not Authenticated/],
      ["POST /oauth_token.do", form, grant, 200, /"token_type":"Bearer","expires_in":1799/],
      ["POST /oauth_token.do", form, grant.replace("client_credentials", "password"), 401, /invalid client/],
    ],
  ),
  product(
    tenablePreflightEmulator,
    {
      users: [
        {
          accessKey: "a",
          secretKey: "s",
          mayExportAssets: true,
          mayExportFindings: false,
          views: ["AllAssets", "EMEA"],
        },
      ],
    },
    [
      ["GET /server/status", tenable, "", 200, /"status":"ready"/, { "x-request-uuid": /.{8}/ }],
      ["GET /server/status", { "x-apikeys": "accessKey=a;secretKey=t" }, "", 401, /Invalid Credentials/],
      ["GET /assets/export/status", tenable, "", 200, /^\{"exports":\[\]\}$/],
      ["GET /vulns/export/status", tenable, "", 403, /"statusCode":403/],
      [
        "GET /api/v3/access-control/permissions/users/me",
        tenable,
        "",
        200,
        /"objects":\[\{"type":"AllAssets"\}\].*"type":"Tag","name":"EMEA"/,
      ],
    ],
  ),
  product(
    prismaCloudPreflightEmulator,
    { users: [{ accessKeyId: "k", secretKey: "s", enabled: true, accessKeysAllowed: true, roles: ["R"], sso: false }] },
    [
      [
        "POST /login",
        json,
        '{"username":"k","password":"s"}',
        200,
        /"token":"token-of-k","message":"login_successful"/,
      ],
      [
        "POST /login",
        json,
        '{"username":"k","password":"no"}',
        401,
        /^$/,
        { "x-redlock-status": /invalid_credentials/, "x-redlock-request-id": /.{8}/ },
      ],
      ["GET /user/me", { "x-redlock-auth": "token-of-k" }, "", 200, /"activeRole":\{"id":"R"/],
      ["GET /user/me", {}, "", 401, /^$/, { "x-redlock-status": /token_expired/ }],
    ],
  ),
  product(wizPreflightEmulator, { accounts: [{ id: "c", secret: "s", scopes: ["read:resources"] }] }, [
    ["POST /oauth/token", form, `${grant}&audience=wiz-api`, 200, /"scope":"read:resources"/],
    ["POST /oauth/token", form, `${grant}&audience=beyond-api`, 401, /access_denied/],
    [
      "POST /graphql",
      { ...json, ...bearer("token-of-c") },
      finding,
      200,
      /"data":null,"errors":\[\{"message":"access denied/,
    ],
    ["POST /graphql", json, "{}", 401, /unauthorized/],
  ]),
];

describe.each(products.map((one) => [one.name, one] as const))("the emulated %s", (_, { start, exchanges }) => {
  let vendor: RunningVendor<object>;
  beforeAll(async () => {
    vendor = await start();
  });
  afterAll(() => vendor.close());

  it.each(exchanges.map((one) => [one[0], one[3], one] as const))("%s: %i", async (ask, status, exchange) => {
    const [, headers, body, , answers, answerHeaders = {}] = exchange;
    const [method = "", path = ""] = ask.split(" ");
    const content = method === "GET" ? {} : { body };
    const response = await fetch(`${vendor.url}${path}`, { method, redirect: "manual", headers, ...content });
    expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(answers)]);
    for (const [name, wanted] of Object.entries(answerHeaders)) expect(response.headers.get(name)).toMatch(wanted);
  });
});
