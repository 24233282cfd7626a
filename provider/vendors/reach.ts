/** For products whose API cannot be asked: is the host there at all? */
import { MsemError } from "../core/errors";
import type { Finding } from "../core/preflight";
import { type Check, inconclusive, ok, type PreflightSession } from "./preflight";

/** Name resolution, TLS and any answer to `GET /`, without the credential. */
export function reachCheck(session: PreflightSession, name: string): Check {
  return {
    name,
    ask: async () => {
      try {
        return await session.send({ method: "GET", to: "/", answers: { 200: () => reached } });
      } catch (error) {
        // Whatever it says, something speaks TLS under this name. 407 is the proxy's, not the host's.
        if (error instanceof MsemError && (error.code === "MSEM_PROTOCOL" || isAnswered(error.details.status))) {
          return reached;
        }
        throw error;
      }
    },
  };
}

function isAnswered(status: number | undefined): boolean {
  return status !== undefined && status !== 407;
}

const reached: Finding = ok("the host answers under its name, with a trusted certificate");

/** Says plainly that the credential was not looked at. */
export function unasked(name: string, found: string, todo: string): Check {
  return { name, ask: async () => inconclusive(found, todo) };
}
