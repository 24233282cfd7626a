import { type QualysCode, type QualysStore, qualysEmulator } from "../../../../provider/vendors/qualys/emulator";
import { qualysPreflight } from "../../../../provider/vendors/qualys/preflight";
import { always, type Cell, canary, defineProfile } from "../profile";

const user = { name: "msem", password: `${canary}:qualys`, readsAssets: true, readsKnowledgeBase: true };
const knowledgeBase = "/api/2.0/fo/knowledge_base/vuln/";

/** The KnowledgeBase refuses with this code. */
const code = (refusal: QualysCode, ...words: string[]): Cell<QualysStore> => ({
  check: "knowledgeBase",
  change: { refusal: refusal },
  words: [refusal, ...words],
});
const response = (responseCode: QualysStore["responseCode"]): Cell<QualysStore> => ({
  check: "assets",
  change: { responseCode: responseCode },
  words: [String(responseCode)],
});

export const qualys = defineProfile<QualysStore>({
  definition: qualysPreflight,
  emulator: qualysEmulator,
  inputs: { name: "scanner", apiServer: "qualysapi.qualys.eu", username: user.name, password: user.password },
  admit: (store) => void store.users.push({ ...user }),
  reach: {
    ok: [
      { check: "assets", words: ["4,512 assets", "298 of 300 calls left, 1 of 2 at the same time"] },
      {
        check: "knowledgeBase",
        change: { spelling: "x-concurrencylimit" },
        words: ["1 of 2 at the same time"],
      },
    ],
    inconclusive: [
      { check: "assets", change: { assets: 0 }, words: ["no asset is visible"] },
      response("INVALID_REQUEST"),
      code("999", "failed internally"),
      code("1999", "maintenance"),
      code("1905"),
      code("1920"),
      { check: "knowledgeBase", faults: always({ kind: "status", status: 409 }, knowledgeBase), words: ["409"] },
    ],
    throttled: [
      response("LIMIT_EXCEEDED"),
      code("1960", "at the same time"),
      code("1965", "limit of calls"),
      {
        ...code("1965", "Run it again in 90 s."),
        change: { refusal: "1965", toWait: 90 },
      },
      { check: "assets", faults: always({ kind: "status", status: 429 }) },
    ],
    missingScope: [
      {
        check: "assets",
        change: { users: [{ ...user, readsAssets: false }] },
        words: ["Read Asset"],
      },
      {
        check: "knowledgeBase",
        change: { users: [{ ...user, readsKnowledgeBase: false }] },
        words: ["403 2012 User license is not authorized", "Ask Qualys for API access to the KnowledgeBase"],
      },
    ],
    denied: [
      { check: "assets", change: { users: [] }, words: ["401 UNAUTHORIZED Bad credentials"] },
      code("2000", "Bad Login/Password", "platform of apiServer"),
      code("2002", "inactive"),
      code("2003", "409", "registration"),
      code("2011", "409", "SecurID"),
    ],
    wrongEndpoint: [
      { check: "assets", faults: always({ kind: "status", status: 404 }) },
      { check: "assets", faults: always({ kind: "html" }), words: ["the body is HTML"] },
      { check: "knowledgeBase", faults: always({ kind: "html" }, knowledgeBase) },
    ],
    unreachable: [{ check: "assets", faults: always({ kind: "dropBefore" }) }],
  },
});
