/** OASIS Repeatable Requests: the same id brings the first answer again, and nothing is done twice. */
import { createHmac } from "node:crypto";
import type { Answer } from "./exchange";
import { ApiProblem } from "./problem";
import type { Store } from "./store";

export interface RepeatableCall {
  readonly id: string | undefined;
  readonly firstSent: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

const result = (value: "accepted" | "rejected") => ({ "repeatability-result": value });

/**
 * Answers a repeat with the first answer; otherwise lets `act` do its work and remembers what came of it. Only answers
 * that are final are remembered: after a fault of the service a repeat tries again.
 *
 * @throws ApiProblem 400 InvalidRepeatabilityRequest
 */
export function repeatably(store: Store, now: number, call: RepeatableCall, act: () => Answer): Answer {
  if (call.id === undefined && call.firstSent === undefined) return act();
  if (call.id === undefined || !/^[\x21-\x7e]{1,128}$/.test(call.id)) {
    throw rejected("Repeatability-Request-ID must be 1 to 128 visible characters.");
  }
  if (call.firstSent === undefined || !httpDate.test(call.firstSent) || Number.isNaN(Date.parse(call.firstSent))) {
    throw rejected("Repeatability-First-Sent must stand beside Repeatability-Request-ID and be an HTTP date.");
  }
  const digest = createHmac("sha256", Buffer.from(store.salt, "base64url"))
    .update(`${call.method} ${call.path}\n`)
    .update(call.body)
    .digest("base64url");
  const first = store.repeat(call.id);
  if (first !== undefined && first.digest !== digest) {
    throw rejected("This Repeatability-Request-ID was used for another call; give every call an id of its own.");
  }
  if (first !== undefined) return { status: first.status, headers: first.headers, body: first.body };
  const answer = act();
  const accepted = { ...answer, headers: { ...answer.headers, ...result("accepted") } };
  if (answer.status < 500) store.remember(call.id, { digest, at: now, ...accepted });
  return accepted;
}

function rejected(message: string): ApiProblem {
  return new ApiProblem(400, "InvalidRepeatabilityRequest", message, { headers: result("rejected") });
}
