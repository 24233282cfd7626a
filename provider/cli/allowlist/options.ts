/** Options of `msem allowlist` that come out of the targets' descriptors: a new target brings its own. Pure. */

import type { Authentication } from "../../core/connector/define";
import { hasAuthenticationUnion } from "../../core/connector/define";
import type { TargetDescriptor } from "../../core/targets/target";

/** An option that stands for a setting, or for the name of the environment variable with a credential. */
export interface AccessOption {
  /** The argument that it gives, as `endpoint` or `secretKey`. */
  readonly argument: string;
  /** `--endpoint`, `--secret-key-env`. */
  readonly flag: string;
  /** What stands behind it in the help. */
  readonly placeholder: string;
  /** One line for the help, with the targets that take it. */
  readonly description: string;
}

/** Settings as values, credentials only as names of variables: everybody on a machine can read a process's arguments. */
export function accessOptions(targets: readonly TargetDescriptor[]): AccessOption[] {
  const options = new Map<string, AccessOption & { readonly kinds: string[] }>();
  const add = (argument: string, option: Omit<AccessOption, "argument">, kind: string): void => {
    const known = options.get(option.flag);
    if (known === undefined) options.set(option.flag, { argument, ...option, kinds: [kind] });
    else if (!known.kinds.includes(kind)) known.kinds.push(kind);
  };
  for (const target of targets) {
    for (const [name, { displayName, format }] of Object.entries(target.settings)) {
      const preset = target.defaults?.[name];
      const description = `${displayName}${preset === undefined ? "" : ` (default: ${preset})`}`;
      add(name, { flag: settingFlag(name), placeholder: `<${format}>`, description }, target.kind);
    }
    if (hasAuthenticationUnion(target)) {
      const kinds = target.authentication.map(({ kind }) => kind).join(" or ");
      const description = `how to sign in: ${kinds}`;
      add("authentication", { flag: "--authentication", placeholder: "<kind>", description }, target.kind);
    }
    for (const [name, { displayName }] of target.authentication.flatMap(({ fields }) => Object.entries(fields))) {
      const description = `environment variable with: ${displayName} (default: MSEM_<TARGET>_${upperSnake(name)})`;
      add(name, { flag: credentialFlag(name), placeholder: "<variable>", description }, target.kind);
    }
  }
  return [...options.values()].map(({ kinds, description, ...option }) => ({
    ...option,
    description: `${kinds.join(", ")}: ${description}`,
  }));
}

export function settingFlag(name: string): string {
  return `--${kebab(name)}`;
}

export function credentialFlag(name: string): string {
  return `--${kebab(name)}-env`;
}

/** `MSEM_TENABLE_SECRET_KEY`. */
export function defaultVariable(kind: string, field: string): string {
  return `MSEM_${kind.toUpperCase()}_${upperSnake(field)}`;
}

/** Fields of the way to sign in that is meant; undefined where it is not said which. */
export function wayOf(target: TargetDescriptor, authentication: string | undefined): Authentication | undefined {
  if (!hasAuthenticationUnion(target)) return target.authentication[0];
  return target.authentication.find(({ kind }) => kind === authentication);
}

/** Flags that a target takes, of the way to sign in that is meant; of every way where it is not said which. */
export function flagsOf(target: TargetDescriptor, way: Authentication | undefined): readonly string[] {
  const ways = way === undefined ? target.authentication : [way];
  return [
    ...Object.keys(target.settings).map(settingFlag),
    ...(hasAuthenticationUnion(target) ? ["--authentication"] : []),
    ...ways.flatMap(({ fields }) => Object.keys(fields).map(credentialFlag)),
  ];
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function upperSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
