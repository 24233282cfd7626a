/** Makes the checks of a pre-flight, each within its time, and makes a finding of whatever happens. */
import { resolveCredentials } from "../core/connector/credentials";
import type { ConnectorDescriptor } from "../core/connector/define";
import { authenticationOf, type ResolveReference, settingsOf } from "../core/connector/inputs";
import { MsemError } from "../core/errors";
import {
  type CheckOutcome,
  endsChecks,
  expiryWarning,
  expiryWarningDays,
  type Finding,
  type PreflightReport,
  skewWarning,
} from "../core/preflight";
import type { Answer } from "../http/answer";
import { parseEndpoint } from "../http/endpoint";
import { proxyFromEnvironment } from "../http/proxy";
import { createRedactor, oneLine } from "../http/redact";
import type { Transport } from "../http/transport";
import { createVendorTransport } from "../http/vendor";
import {
  anonymous,
  type Check,
  type PreflightDefinition,
  type PreflightSession,
  type ProbeCall,
  type SessionOptions,
} from "./preflight";
import { findingOf, type Way } from "./preflightFindings";

export interface PreflightSurroundings {
  environment(name: string): string | undefined;
  readonly resolve: ResolveReference;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds that one check may take. Default: MSEM_PREFLIGHT_TIMEOUT_SECONDS, or 20 s. */
  readonly checkTimeoutMs?: number;
}

const defaultCheckSeconds = 20;
/** One record or a token; an asset with its findings can be large, a page of assets larger. */
const maxAnswerBytes = 4 * 1024 * 1024;
/** One more attempt after a connection that broke or a 429 whose wait fits into the check's time. */
const retry = { attempts: 1, baseDelayMs: 500, maxDelayMs: 1_000 };

/**
 * @param inputs a connector's inputs as its check accepted them
 * @throws MSEM_INVALID for a credential whose reference cannot be resolved, MSEM_CONFIGURATION for a wrong override
 */
export async function runPreflight(
  definition: PreflightDefinition,
  inputs: Readonly<Record<string, unknown>>,
  surroundings: PreflightSurroundings,
): Promise<PreflightReport> {
  const { connector } = definition;
  const settings = { ...connector.defaults, ...settingsOf(connector, inputs) };
  const credentials = await resolveCredentials(connector, inputs, surroundings.resolve);
  const secret = authenticationOf(connector, inputs)?.fields ?? {};
  const redact = createRedactor(
    Object.entries(credentials.fields).flatMap(([name, value]) => (secret[name]?.secret === true ? [value] : [])),
  );
  const course: Course = { deadline: 0 };
  const override = overriddenUrl(connector, surroundings.environment);
  const limitMs = surroundings.checkTimeoutMs ?? secondsFrom(surroundings.environment) * 1_000;
  const days = expiryWarningDays(surroundings.environment("MSEM_EXPIRY_WARNING_DAYS"));
  if (days === undefined) {
    throw new MsemError(
      "MSEM_CONFIGURATION",
      "MSEM_EXPIRY_WARNING_DAYS must be a whole number of days from 0 to 9999.",
    );
  }
  const proxy = override === undefined ? proxyFromEnvironment(surroundings.environment) : undefined;
  const way: Way = { limitSeconds: limitMs / 1_000, ...(proxy === undefined ? {} : { proxy }) };

  const connect = (options: SessionOptions): PreflightSession => {
    const transport = createVendorTransport({
      product: connector.vendor,
      endpoint: override ?? options.url ?? definition.baseUrl(settings),
      authorize: async () => options.authorize?.() ?? anonymous,
      requestTimeoutMs: limitMs,
      retry,
      maxAnswerBytes,
      now: surroundings.now,
      sleep: surroundings.sleep,
      ...(options.requestIdHeaders === undefined ? {} : { requestIdHeaders: options.requestIdHeaders }),
      ...(options.readError === undefined ? {} : { readError: options.readError }),
      ...(options.retryAfterMs === undefined ? {} : { retryAfterMs: options.retryAfterMs }),
    });
    return { send: (call) => probe(transport, call, course) };
  };

  const tools = { connect, environment: surroundings.environment };
  const outcomes: CheckOutcome[] = [];
  for (const { name, ask } of definition.open({ settings, credentials }, tools)) {
    course.deadline = surroundings.now() + limitMs;
    const outcome = { check: name, ...shown(await finding({ name, ask }, definition, way), redact) };
    outcomes.push(outcome);
    if (endsChecks(outcome.result)) break;
  }
  return { type: connector.type, outcomes, warnings: warningsOf(outcomes, course, surroundings.now(), days, way) };
}

/** What changes while the checks of one pre-flight run. */
interface Course {
  /** Of the check that runs; as `now`. */
  deadline: number;
  /** What the product's last answer said. */
  theirClock?: number;
}

async function finding({ name, ask }: Check, definition: PreflightDefinition, way: Way): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof MsemError) || error.code === "MSEM_CONFIGURATION" || error.code === "MSEM_FAULT")
      throw error;
    return findingOf(error, name, definition, way);
  }
}

/** A read within the check's time; what the product's clock says is kept. */
function probe<T>(transport: Transport, call: ProbeCall<T>, course: Course): Promise<T> {
  const noting =
    (reader: (answer: Answer) => T) =>
    (answer: Answer): T => {
      const date = Date.parse(answer.header("date") ?? "");
      if (!Number.isNaN(date)) course.theirClock = date;
      return reader(answer);
    };
  return transport.send({
    ...call,
    access: "read",
    repeatable: true,
    deadline: course.deadline,
    answers: Object.fromEntries(Object.entries(call.answers).map(([status, reader]) => [status, noting(reader)])),
  });
}

/** Once more at the end, for what a vendor's code put together itself. */
function shown(found: Finding, redact: (text: string) => string): Finding {
  const { says, todo, requestId } = found;
  return {
    ...found,
    found: redact(oneLine(found.found)),
    ...(says === undefined ? {} : { says: redact(oneLine(says, 300)) }),
    ...(todo === undefined ? {} : { todo: redact(oneLine(todo)) }),
    ...(requestId === undefined ? {} : { requestId: redact(requestId) }),
  };
}

function warningsOf(
  outcomes: readonly CheckOutcome[],
  { theirClock: theirs }: Course,
  ours: number,
  days: number,
  { proxy }: Way,
): string[] {
  return [
    ...outcomes.flatMap(({ expiresDateTime }) =>
      expiresDateTime === undefined ? [] : [expiryWarning(expiresDateTime, theirs ?? ours, days)],
    ),
    theirs === undefined ? undefined : skewWarning(theirs, ours),
    proxy === undefined
      ? undefined
      : `asked through the proxy ${proxy.host} (${proxy.variable}), unless NO_PROXY says otherwise: the product saw its address`,
  ].filter((warning) => warning !== undefined);
}

function secondsFrom(environment: (name: string) => string | undefined): number {
  const text = environment("MSEM_PREFLIGHT_TIMEOUT_SECONDS");
  if (text === undefined || text === "") return defaultCheckSeconds;
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= 300) return seconds;
  throw new MsemError("MSEM_CONFIGURATION", "MSEM_PREFLIGHT_TIMEOUT_SECONDS must be a whole number from 1 to 300.");
}

/** `MSEM_RAPID7_URL`: an emulated product on this machine instead of the real one. */
export function urlVariable({ type }: Pick<ConnectorDescriptor, "type">): string {
  return `MSEM_${type.toUpperCase()}_URL`;
}

function overriddenUrl(
  connector: ConnectorDescriptor,
  environment: (name: string) => string | undefined,
): string | undefined {
  const variable = urlVariable(connector);
  const url = environment(variable);
  if (url === undefined || url === "") return undefined;
  const { loopback, href } = parseEndpoint(url);
  if (loopback) return href;
  throw new MsemError("MSEM_CONFIGURATION", `${variable} must be an address of this machine.`, {
    hint: "It is for trying a pre-flight against an emulated product: http://127.0.0.1:8080.",
  });
}
