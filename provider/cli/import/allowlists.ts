/** Lists of addresses as resources of a program: the published list, remembered and guarded, and the products'. */
import { checkAllowlist } from "../../allowlists/check";
import type { AllowlistContext } from "../../allowlists/context";
import { type FoundList, findList } from "../../allowlists/found";
import type { AllowlistInputs } from "../../allowlists/inputs";
import { MsemError } from "../../core/errors";
import { formatPrefix } from "../../core/ip/index";
import type { Surroundings } from "../../core/lifecycle";
import { type Published, type ServiceTagRangesInputs, serviceTagRangesLifecycle } from "../../core/servicetags/index";
import type { WantedRanges } from "../../ranges/index";
import { counted } from "../output";
import { type Code, expression, literal, print } from "./code";
import { type CredentialNames, signIn } from "./credentials";
import type { Found, Skipped, Sorted } from "./model";
import { camelCase, logicalName, type TakeName } from "./names";
import type { Home } from "./stack";
import { type ListedTarget, targetInputs } from "./targetsFile";

export interface ListSurroundings {
  readonly home: Home;
  readonly credentials: CredentialNames;
  readonly takeIdentifier: TakeName;
  /** Entries that are there become ours. */
  readonly adopt: boolean;
  readonly context: AllowlistContext;
  readonly judging: Surroundings;
  warn(message: string): void;
  /** Called before a product is asked. */
  progress(displayName: string): void;
}

export interface FoundRanges extends Found {
  readonly accepted: ServiceTagRangesInputs;
}

/** The published list as a resource, which the products' lists follow. @throws MSEM_REFUSED by a guard */
export async function declareRanges(
  wanted: WantedRanges,
  published: Published,
  { home, takeIdentifier, judging }: Pick<ListSurroundings, "home" | "takeIdentifier" | "judging">,
): Promise<FoundRanges> {
  const { prefixes, ...rest } = published;
  const raw = { ...rest, prefixes: prefixes.map(formatPrefix), asOf: judging.now().toISOString().slice(0, 10) };
  const checked = serviceTagRangesLifecycle.check({ published: raw }, undefined, judging);
  if (checked.refusal !== undefined) throw new MsemError(checked.refusal.code, checked.refusal.message);
  const { inputs } = checked;
  const { id, state } = await serviceTagRangesLifecycle.ensure(inputs, undefined);
  const name = home.takeName("ServiceTagRanges", inputs.serviceTag.toLowerCase());
  return {
    className: "ServiceTagRanges",
    identifier: takeIdentifier(camelCase(name, "ranges")),
    logicalName: name,
    id,
    args: rangesArguments(wanted, inputs.serviceTag),
    inputs: { ...inputs },
    outputs: { ...state },
    needs: [],
    accepted: inputs,
    note: `change ${inputs.changeNumber}, ${counted(Object.keys(inputs.prefixes).length, "prefix", "prefixes")}`,
    attention: false,
  };
}

/** What is not the default. */
function rangesArguments({ source, cloud }: WantedRanges, serviceTag: string): Code {
  return {
    ...(serviceTag === "Scuba" ? {} : { serviceTag: literal(serviceTag) }),
    ...(cloud === undefined ? {} : { cloud: literal(cloud) }),
    ...(source.kind === "downloadCenter" ? {} : { source: sourceCode(source) }),
  };
}

function sourceCode(source: WantedRanges["source"]): Code {
  switch (source.kind) {
    case "file":
      return expression(`msem.file(${JSON.stringify(source.path)})`);
    case "url":
      return expression(`msem.url(${JSON.stringify(source.url)})`);
    case "serviceTagApi": {
      const { kind: _kind, ...options } = source;
      return expression(`msem.serviceTagApi(${print(literal(options), "  ")})`);
    }
    case "downloadCenter":
      return expression("msem.downloadCenter()");
  }
}

/** Reads one product after the other. */
export async function sortLists(
  listed: readonly ListedTarget[],
  ranges: FoundRanges,
  surroundings: ListSurroundings,
): Promise<Sorted> {
  const found: Found[] = [];
  const skipped: Skipped[] = [];
  for (const target of listed) {
    const name = logicalName(target.name);
    if (surroundings.home.has("IpAllowlist", name)) {
      const reason = `the stack has an IpAllowlist '${name}' already`;
      skipped.push({ name: target.name, kind: target.descriptor.kind, reason, attention: false });
    } else found.push(await declareList(target, name, ranges, surroundings));
  }
  return { found, skipped };
}

async function declareList(
  target: ListedTarget,
  name: string,
  ranges: FoundRanges,
  surroundings: ListSurroundings,
): Promise<Found> {
  const { home, adopt, context, judging, takeIdentifier, warn } = surroundings;
  const { serviceTag, changeNumber, prefixes } = ranges.accepted;
  const identifier = takeIdentifier(camelCase(`${name} allowlist`, target.descriptor.kind));
  const wanted = checkAllowlist(
    context.targets,
    {
      target: targetInputs(target),
      ranges: { serviceTag, changeNumber, prefixes },
      ...(adopt ? { adopt } : {}),
      owner: { project: home.project, stack: home.stack, name },
    },
    undefined,
    judging,
  );
  if (wanted.problems.length > 0) {
    const lines = wanted.problems.map(({ path, message }) => `\n  ${path}: ${message}`).join("");
    throw new MsemError("MSEM_INVALID", `the list '${name}' cannot be imported${lines}`);
  }
  for (const warning of wanted.warnings) warn(`'${name}': ${warning}`);
  surroundings.progress(target.descriptor.displayName);
  const list = await findList(wanted.inputs, context);
  const { descriptor, way, settings, credentials, experimental } = target;
  const access = signIn(descriptor, way, credentials, identifier, surroundings.credentials);
  // As checked, defaults included, but for the secrets that come from the configuration.
  const recorded = {
    ...withoutFields(list.inputs.target, [...Object.keys(way.fields), "authentication"]),
    ...access.recorded,
  };
  const targetCode = print(
    {
      ...(experimental === undefined ? {} : { experimental: literal(experimental) }),
      ...(literal(settings) as object),
      ...access.args,
    },
    "  ",
  );
  return {
    className: "IpAllowlist",
    identifier,
    logicalName: name,
    id: list.id,
    args: {
      target: expression(`msem.targets.${descriptor.kind}(${targetCode})`),
      ranges: expression(`${ranges.identifier}.ranges`),
      ...(adopt ? { adopt: literal(true) } : {}),
    },
    inputs: { ...list.inputs, target: recorded },
    outputs: { ...list.state, target: recorded },
    needs: access.needs,
    ...summary(wanted.inputs, list),
  };
}

function summary(wanted: AllowlistInputs, { inputs, others }: FoundList): Pick<Found, "note" | "attention"> {
  const all = Object.keys(wanted.prefixes).length;
  const present = Object.keys(inputs.prefixes).length;
  const rest = others === 0 ? "" : `, ${counted(others, "entry", "entries")} of others`;
  return { note: `${present} of ${counted(all, "prefix", "prefixes")} present${rest}`, attention: present < all };
}

function withoutFields(object: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
