/** Plain HTTP to an emulated product: no client of ours, no retries. */
export interface RawReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export type RawClient = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<RawReply>;

/** A body that is a text is sent as it is, anything else as JSON. */
export function rawClient(url: () => string, common: () => Readonly<Record<string, string>> = () => ({})): RawClient {
  return async (method, path, body, headers) => {
    const response = await fetch(`${url()}${path}`, {
      method,
      headers: { "content-type": "application/json", ...common(), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text) as unknown;
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  };
}
