/** What a test or a demo does behind the clients' backs; over HTTP only where faults are enabled. */
import type { Hono } from "hono";
import { z } from "zod";
import type { WireConnection } from "../connections/schema";
import { statusDetailCodes } from "../connections/schema";
import type { SeedAccount } from "./accounts";
import { type Exchange, json, toResponse } from "./exchange";
import { type Faults, faultSchema } from "./faults";
import { ApiProblem } from "./problem";
import type { ConnectionRecord } from "./records";
import type { RequestRecord } from "./server";
import type { Store } from "./store";
import { merge } from "./validation";

const editSchema = z.strictObject({
  name: z.string().min(1).optional(),
  description: z.string().nullable().optional(),
  settings: z.record(z.string(), z.string().nullable()).optional(),
  tags: z.record(z.string(), z.string().nullable()).optional(),
});
/** A change as somebody else makes it: merged, `null` removes, not validated against the connector. */
export type OutOfBandChange = z.infer<typeof editSchema>;

const failureSchema = z.strictObject({
  code: z.enum(statusDetailCodes),
  message: z.string(),
  status: z.enum(["Failed", "Disconnected"]).optional(),
});
/** Why a connection stopped working. `status` is Failed unless it says otherwise. */
export type FailureReason = z.infer<typeof failureSchema>;

const accountSchema = z.strictObject({
  connectorType: z.string(),
  identifier: z.string().optional(),
  secrets: z.record(z.string(), z.string()),
});

/** Every function takes a connection's id or its name, and throws when there is no such connection. */
export interface Admin {
  /** All connections, as the API would tell them now. */
  connections(): WireConnection[];
  edit(idOrName: string, change: OutOfBandChange): void;
  remove(idOrName: string): void;
  failConnection(idOrName: string, reason: FailureReason): void;
  /** Someone else applied another credential: `credentialInfo.updatedDateTime` changes. */
  rotateSecret(idOrName: string): void;
  /** The service reads the product now: a credential that no longer works fails. */
  sync(idOrName: string): void;
  /** Adds an account at a vendor, or changes its secrets; with the first one its credentials begin to be checked. */
  setAccount(account: SeedAccount): void;
  /** Calls since the start or the last reset, oldest first; the last 10,000. */
  requests(): readonly RequestRecord[];
}

/** @param save called after every change. */
export function createAdmin(store: () => Store, requests: () => readonly RequestRecord[], save: () => void): Admin {
  const find = (idOrName: string): ConnectionRecord => {
    const found = store().get(idOrName) ?? store().byName(idOrName);
    if (found === undefined)
      throw new ApiProblem(404, "ConnectionNotFound", `There is no connection with the id or name "${idOrName}".`);
    return found;
  };
  const change = (act: () => void) => {
    act();
    save();
  };
  return {
    connections: () => store().list().map(store().wire),
    edit: (idOrName, { settings, tags, ...rest }) =>
      change(() => {
        const connection = find(idOrName);
        const holder = rest.name === undefined ? undefined : store().byName(rest.name);
        if (holder !== undefined && holder !== connection) {
          throw new ApiProblem(
            409,
            "NameConflict",
            `A connection named "${holder.name}" exists already (${holder.id}).`,
          );
        }
        store().edit(connection, {
          ...rest,
          ...(settings === undefined ? {} : { settings: merge(connection.settings, settings) }),
          ...(tags === undefined ? {} : { tags: merge(connection.tags, tags) }),
        });
      }),
    remove: (idOrName) => change(() => store().remove(find(idOrName))),
    failConnection: (idOrName, { status, ...reason }) =>
      change(() => store().setFailed(find(idOrName), status ?? "Failed", reason)),
    rotateSecret: (idOrName) => change(() => store().rotate(find(idOrName))),
    sync: (idOrName) => change(() => store().sync(find(idOrName))),
    setAccount: (account) => change(() => store().setAccount(account)),
    requests: () => [...requests()],
  };
}

/** Adds `/__admin`. It asks for no token: whoever starts the emulator with faults lets every local caller do this. */
export function mountAdmin(app: Hono<{ Bindings: Exchange }>, admin: Admin, faults: Faults, reset: () => void): void {
  const done = () => toResponse({ status: 204, headers: {}, body: "" });
  app.get("/__admin/faults", () => toResponse(json(200, { value: faults.list() })));
  app.post("/__admin/faults", (context) => {
    const given = z.union([z.array(faultSchema), faultSchema.transform((one) => [one])]);
    faults.add(...read(given, context.env, context.req.header("content-type")));
    return done();
  });
  app.delete("/__admin/faults", () => {
    faults.clear();
    return done();
  });
  app.get("/__admin/connections", () => toResponse(json(200, { value: admin.connections() })));
  app.get("/__admin/requests", () => toResponse(json(200, { value: admin.requests() })));
  app.post("/__admin/reset", () => {
    reset();
    return done();
  });
  app.post("/__admin/accounts", (context) => {
    admin.setAccount(read(accountSchema, context.env, context.req.header("content-type")));
    return done();
  });
  app.post("/__admin/connections/:id/edit", (context) => {
    admin.edit(context.req.param("id"), read(editSchema, context.env, context.req.header("content-type")));
    return done();
  });
  app.post("/__admin/connections/:id/fail", (context) => {
    admin.failConnection(context.req.param("id"), read(failureSchema, context.env, context.req.header("content-type")));
    return done();
  });
  const acts = { remove: admin.remove, rotateSecret: admin.rotateSecret, sync: admin.sync };
  for (const [name, act] of Object.entries(acts)) {
    app.post(`/__admin/connections/:id/${name}`, (context) => {
      act(context.req.param("id"));
      return done();
    });
  }
}

/** JSON only: a page in a browser cannot send that to a local port without asking first. */
function read<Schema extends z.ZodType>(
  schema: Schema,
  exchange: Exchange,
  contentType: string | undefined,
): z.infer<Schema> {
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new ApiProblem(415, "UnsupportedMediaType", "Content-Type must be application/json.");
  }
  let body: unknown;
  try {
    body = JSON.parse((exchange.body ?? Buffer.alloc(0)).toString("utf8"));
  } catch {
    throw new ApiProblem(400, "InvalidJson", "The body is not JSON.");
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    code: "Invalid",
    message: issue.message,
    target: `/${issue.path.map(String).join("/")}`,
  }));
  throw new ApiProblem(400, "ValidationFailed", "The request does not fit; see details.", { details });
}
