import { prismaCloudPreflight } from "../../../../provider/vendors/prismacloud/preflight";
import {
  type PrismaReadStore,
  prismaCloudPreflightEmulator,
} from "../../../../provider/vendors/prismacloud/preflightEmulator";
import { always, canary, defineProfile } from "../profile";

const user = {
  accessKeyId: "5c0f7a52-2d3b-4f0a-9c1e-8a6d4b2e1f00",
  secretKey: `${canary}-prisma=`,
  enabled: true,
  accessKeysAllowed: true,
  roles: ["Reader"],
  sso: false,
};
const users = (change: Partial<typeof user>): Partial<PrismaReadStore> => ({ users: [{ ...user, ...change }] });

export const prismaCloud = defineProfile<PrismaReadStore>({
  definition: prismaCloudPreflight,
  emulator: prismaCloudPreflightEmulator,
  inputs: {
    name: "cloud",
    endpoint: "api.eu.prismacloud.io",
    accessKeyId: user.accessKeyId,
    secretKey: user.secretKey,
  },
  admit: (store) => void store.users.push({ ...user }),
  reach: {
    ok: [{ check: "login" }, { check: "role", words: ["has the role Reader"] }],
    inconclusive: [
      { check: "role", change: { tellsRoles: false }, words: ["names no role"] },
      { check: "role", faults: always({ kind: "status", status: 400 }, "/user/me"), words: ["400 internal_error"] },
    ],
    throttled: [{ check: "role", faults: always({ kind: "status", status: 429 }, "/user/me"), words: ["rate_limit"] }],
    missingScope: [
      { check: "role", change: users({ roles: [] }), words: ["has no role"] },
      { check: "role", faults: always({ kind: "status", status: 403 }, "/user/me") },
    ],
    denied: [
      { check: "login", change: { users: [] }, words: ["401 invalid_credentials", "this machine's address"] },
      { check: "login", change: users({ sso: true }), words: ["single sign-on", "sso_enabled_password_login_attempt"] },
      { check: "role", change: users({ enabled: false }), words: ["is disabled"] },
      { check: "role", change: users({ accessKeysAllowed: false }), words: ["may not use access keys"] },
    ],
    wrongEndpoint: [
      { check: "login", faults: always({ kind: "status", status: 404 }), words: ["app.eu… has api.eu…", "proxy"] },
      { check: "login", faults: always({ kind: "html" }) },
    ],
    unreachable: [{ check: "login", faults: always({ kind: "dropBefore" }) }],
  },
});
