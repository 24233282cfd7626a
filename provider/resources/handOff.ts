/** What only the program knows of a hand-off: where its secrets come from, and what the stack's configuration confirms. */
import * as pulumi from "@pulumi/pulumi";
import type { ArgumentSecrets } from "./secrets";
import { isSecretReference } from "./types";

/** One field that waits for a person. */
export interface AskedField {
  /** Argument that it comes from: `apiServer`, `authentication.clientSecret`, `name`. */
  field: string;
  /** Label in the pane. */
  label: string;
  /** What to enter; absent where it is secret. */
  value?: string;
  /** Where the secret is kept; never the secret. */
  from?: string;
  /** What stood there when it was confirmed last, where that may be shown. */
  was?: string;
  /** What else to know of it. */
  note?: string;
  /** RFC 3339: since when this value is asked for. */
  requestedDateTime: string;
}

/** What a person is asked to do. No secret is in it. */
export interface ActionRequired {
  /** `connect` or `enter`: nothing was ever confirmed. `change`: it was, and the program says something else now. */
  action: "connect" | "enter" | "change";
  /** Where to go, click by click. */
  page: string;
  url?: string;
  /** Name of the tile, of the entry in the catalog, or of the list. */
  entry: string;
  /** What to enter, in the order of the pane. */
  fields: AskedField[];
  /** All of it as one readable text. */
  text: string;
}

/** Arguments of every connector that are nobody's field in a pane, or that have no secrets. */
const others = ["name", "description", "tags", "credentialVersion", "adopt", "preflight", "confirmed"];

/**
 * The inputs that tell a hand-off about this program. With a service they are dropped in the provider, so that they are
 * in no state.
 */
export function handOffInputs(
  secrets: ArgumentSecrets,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { ...confirmation(name, given), secretsFrom: secretsFrom(secrets, given) };
}

/** The input `confirmed`, from the program or from the stack's configuration; none where neither has it. */
export function confirmation(name: string, given: Readonly<Record<string, unknown>>): { confirmed?: unknown } {
  const confirmed = given.confirmed ?? confirmations()[name];
  return confirmed === undefined ? {} : { confirmed };
}

/** `msem:confirmed`, which `msem confirm` writes: logical name → time. */
function confirmations(): Record<string, unknown> {
  const known = new pulumi.Config("msem").getObject<unknown>("confirmed");
  return typeof known === "object" && known !== null ? { ...known } : {};
}

/**
 * For each argument that is secret, whether by its kind or because the program says so: the key of the stack's
 * configuration with that value, or an empty text. A name is no secret, so it is unwrapped; the value stays wrapped.
 */
function secretsFrom(
  secrets: ArgumentSecrets,
  given: Readonly<Record<string, unknown>>,
): Record<string, pulumi.Output<string | undefined>> {
  const found: Record<string, pulumi.Output<string | undefined>> = {};
  const look = (path: string, value: unknown, always: boolean): void => {
    if (value === undefined || value === null || isSecretReference(value)) return;
    found[path] = keyOf(pulumi.output<unknown>(value), always);
  };
  for (const [field, value] of Object.entries(given)) {
    if (field === "authentication") {
      // As a whole it is secret or not as a whole.
      if (pulumi.Output.isInstance(value) || value instanceof Promise) look(field, value, false);
      else if (typeof value === "object" && value !== null) {
        for (const [part, inner] of Object.entries(value)) {
          look(`${field}.${part}`, inner, secrets.union?.includes(part) === true);
        }
      }
    } else if (!others.includes(field)) look(field, value, secrets.fields.includes(field));
  }
  return found;
}

function keyOf(value: pulumi.Output<unknown>, always: boolean): pulumi.Output<string | undefined> {
  const secret = always ? Promise.resolve(true) : pulumi.isSecret(value);
  const key = pulumi.unsecret(value.apply(configurationKey));
  return pulumi.output(secret).apply((isSecret) => (isSecret ? key : pulumi.output<string | undefined>(undefined)));
}

function configurationKey(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return "";
  const keys = Object.entries(pulumi.runtime.allConfig()).filter(([, held]) => held === value);
  return keys.map(([key]) => key).join(" or ");
}
