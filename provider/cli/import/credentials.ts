/** How an imported program signs in: what may be shown stands in it, and every secret comes from elsewhere. */
import { type Authentication, hasAuthenticationUnion, type ProductAccess } from "../../core/connector/define";
import { type Code, expression, literal } from "./code";
import type { CredentialForm, Need } from "./model";
import { joined, type TakeName, upperSnakeCase } from "./names";

export interface SignIn {
  /** Arguments of the program. */
  readonly args: Readonly<Record<string, Code>>;
  /** The same as inputs, without what the program gets from its configuration. */
  readonly recorded: Readonly<Record<string, unknown>>;
  readonly needs: readonly Need[];
}

export interface CredentialNames {
  readonly form: CredentialForm;
  readonly takeKey: TakeName;
  readonly takeVariable: TakeName;
}

/**
 * @param known      credential fields that are known: text of those that may be shown, references of others
 * @param identifier of the resource: what configuration keys and variables are named after
 */
export function signIn(
  access: ProductAccess,
  way: Authentication,
  known: Readonly<Record<string, unknown>>,
  identifier: string,
  { form, takeKey, takeVariable }: CredentialNames,
): SignIn {
  const args: Record<string, Code> = {};
  const recorded: Record<string, unknown> = {};
  const needs: Need[] = [];
  for (const [name, { secret }] of Object.entries(way.fields)) {
    const value = known[name];
    if (value !== undefined && (!secret || form === "fromEnvironment")) {
      args[name] = literal(value);
      recorded[name] = value;
    } else if (secret && form === "fromEnvironment") {
      const variable = takeVariable(upperSnakeCase(identifier, name));
      recorded[name] = { fromEnvironment: variable };
      args[name] = literal(recorded[name]);
      needs.push({ kind: "environment", variable });
    } else {
      const configKey = takeKey(joined(identifier, name));
      args[name] = expression(`config.${secret ? "requireSecret" : "require"}(${JSON.stringify(configKey)})`);
      needs.push({ kind: secret ? "secret" : "setting", configKey });
    }
  }
  if (!hasAuthenticationUnion(access)) return { args, recorded, needs };
  return {
    args: { authentication: { kind: literal(way.kind), ...args } },
    recorded: { authentication: { kind: way.kind, ...recorded } },
    needs,
  };
}
