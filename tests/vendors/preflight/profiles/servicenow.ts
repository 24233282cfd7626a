import { serviceNowPreflight } from "../../../../provider/vendors/servicenow/preflight";
import {
  type ServiceNowReadStore,
  serviceNowPreflightEmulator,
} from "../../../../provider/vendors/servicenow/preflightEmulator";
import { always, canary, defineProfile } from "../profile";

const user = { name: "msem", password: `${canary}:servicenow` };
const client = { id: "client-1", secret: `${canary}-servicenow-oauth` };
const instance = "contoso.service-now.com";
const oauth = {
  name: "cmdb",
  instance,
  authentication: { kind: "oauth2", clientId: client.id, clientSecret: client.secret },
};

export const serviceNow = defineProfile<ServiceNowReadStore>({
  definition: serviceNowPreflight,
  emulator: serviceNowPreflightEmulator,
  inputs: {
    name: "cmdb",
    instance,
    authentication: { kind: "basic", username: user.name, password: user.password },
  },
  admit: (store) => {
    store.users.push({ ...user });
    store.clients.push({ ...client });
  },
  reach: {
    ok: [
      { check: "cmdb", words: ["reads cmdb_ci"] },
      { check: "token", inputs: oauth },
      { check: "businessApplications", inputs: oauth },
    ],
    inconclusive: [
      {
        check: "cmdb",
        change: { hidden: ["cmdb_ci"] },
        words: ["no record of cmdb_ci is visible", "access rules hide it", "cmdb_read"],
      },
      { check: "businessApplications", change: { records: { cmdb_ci: 1, cmdb_ci_computer: 1 } }, words: ["404"] },
      { check: "cmdb", faults: always({ kind: "status", status: 500 }) },
    ],
    throttled: [
      { check: "cmdb", change: { limitedFor: 120 }, words: ["429 Rate limit exceeded", /asks to wait 1\d\d s/] },
    ],
    missingScope: [
      {
        check: "computers",
        change: { refused: ["cmdb_ci_computer"] },
        words: ["403 Operation Failed: ACL Exception"],
      },
    ],
    denied: [
      { check: "cmdb", change: { users: [] }, words: ["401 User Not Authenticated", "source addresses"] },
      { check: "token", inputs: oauth, change: { clients: [] }, words: ["invalid client"] },
      { check: "token", inputs: oauth, change: { acceptsClientCredentials: false } },
      {
        check: "token",
        inputs: oauth,
        faults: always({ kind: "status", status: 403 }, "/oauth_token.do"),
        words: ["client credentials grant"],
      },
    ],
    wrongEndpoint: [
      // What an instance that sleeps shows to everybody.
      { check: "cmdb", faults: always({ kind: "html" }) },
      { check: "cmdb", faults: always({ kind: "html", status: 404 }), words: ["is not there"] },
    ],
    unreachable: [{ check: "cmdb", faults: always({ kind: "dropBefore" }) }],
  },
});
