/**
 * True warnings. What a provider prints shows as info; only the engine's log service knows severities. Its address is
 * the last argument of the provider process.
 */
import { createRequire } from "node:module";

interface EngineClient {
  log(request: unknown, callback: (error: unknown) => void): void;
}

interface Engine {
  readonly client: EngineClient;
  readonly LogRequest: LogRequestClass;
}

/** `null` once we know that there is none. */
let engine: Engine | null | undefined;

interface LogRequestClass {
  new (): { setSeverity(severity: number): void; setMessage(message: string): void };
}

/** The engine's own numbers. */
const severities = { info: 1, warning: 2 } as const;

/** Prints a warning beside the other diagnostics of the run; on stderr where there is no engine. */
export function warn(message: string): void {
  log("warning", message);
}

/** Prints a line beside the other diagnostics of the run; on stderr where there is no engine. */
export function info(message: string): void {
  log("info", message);
}

function log(severity: keyof typeof severities, message: string): void {
  const plainly = (): void => void process.stderr.write(`${severity}: ${message}\n`);
  engine = engine === undefined ? connect() : engine;
  if (engine === null) {
    plainly();
    return;
  }
  const request = new engine.LogRequest();
  request.setSeverity(severities[severity]);
  request.setMessage(message);
  engine.client.log(request, (error) => {
    // A line of the log must never fail an operation.
    if (error) plainly();
  });
}

function connect(): Engine | null {
  const address = process.argv[process.argv.length - 1] ?? "";
  if (!/^(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(address)) return null;
  try {
    // gRPC is the SDK's dependency, not ours: both must be the same copy.
    const sdk = createRequire(require.resolve("@pulumi/pulumi"));
    const grpc = sdk("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
    const service = sdk("@pulumi/pulumi/proto/engine_grpc_pb") as {
      EngineClient: new (address: string, credentials: unknown) => EngineClient;
    };
    const messages = sdk("@pulumi/pulumi/proto/engine_pb") as { LogRequest: LogRequestClass };
    return {
      client: new service.EngineClient(address, grpc.credentials.createInsecure()),
      LogRequest: messages.LogRequest,
    };
  } catch {
    return null;
  }
}
