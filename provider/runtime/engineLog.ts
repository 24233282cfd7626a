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

const warningSeverity = 2;

/** Prints a warning beside the other diagnostics of the run; on stderr where there is no engine. */
export function warn(message: string): void {
  engine = engine === undefined ? connect() : engine;
  if (engine === null) {
    process.stderr.write(`warning: ${message}\n`);
    return;
  }
  const request = new engine.LogRequest();
  request.setSeverity(warningSeverity);
  request.setMessage(message);
  engine.client.log(request, (error) => {
    // A warning must never fail an operation.
    if (error) process.stderr.write(`warning: ${message}\n`);
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
