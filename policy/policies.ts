/** The policies: each judgement with its name, its reason, its settings and the way out. */
import type {
  EnforcementLevel,
  Policies,
  PolicyConfigSchema,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { type CredentialSettings, judgeCredentials, sources } from "./judgements/credentials";
import { type GuardSettings, judgeGuards } from "./judgements/guards";
import { judgeMigration, type MigrationSettings } from "./judgements/migration";
import { judgeOrigin } from "./judgements/origin";
import { judgeRapid7Key, type Rapid7Settings } from "./judgements/rapid7";
import { judgeWidth, type WidthSettings } from "./judgements/width";
import { classNameOf, type Judgement, subjectOf } from "./subject";

interface Rule {
  readonly name: string;
  readonly displayName: string;
  /** Rule and reason. */
  readonly description: string;
  /** What whoever violates it can do. Stands below every violation. */
  readonly wayOut: string;
  readonly enforcementLevel: EnforcementLevel;
}

type SettingSchema = PolicyConfigSchema["properties"][string];

/** Each with its default. */
type SettingsSchema<Settings> = {
  readonly [Name in keyof Settings]: SettingSchema & { default: Settings[Name] };
};

/** @param configured every value in the stack's configuration */
export function policiesOf(configured: ReadonlySet<string>): Policies {
  return [
    resourcePolicy<WidthSettings>(
      {
        name: "allowlist-width",
        displayName: "Allowlists are not over-wide",
        description:
          "An allowlist lets in no more than a service tag needs. Scuba had 260 prefixes in 2026-05, none wider than /24 or /124, 3,303 IPv4 addresses altogether; addresses of Azure are rented by anybody.",
        wayOut:
          "Name the prefixes that are really needed, or have this policy's `accepted` name those that are meant as they are.",
        enforcementLevel: "mandatory",
      },
      {
        shortestIpv4: length(32, 20, "Shortest IPv4 prefix that is not over-wide, in bits."),
        shortestIpv6: length(128, 64, "Shortest IPv6 prefix that is not over-wide, in bits."),
        maxIpv4Addresses: count(65_536, "Most IPv4 addresses of one list, overlaps counted twice."),
        maxPrefixes: count(1_000, "Most prefixes of one list, both families."),
        accepted: names([], "Prefixes in canonical text that are not judged, such as 198.18.0.0/15."),
      },
      judgeWidth,
    ),
    resourcePolicy<MigrationSettings>(
      {
        name: "migration-switches",
        displayName: "adopt and startEnforcement only while migrating",
        description:
          "`adopt` and `startEnforcement` are set in migration stacks only. Both are right once, when things are moved into a stack: left behind, the one takes over what somebody else makes later, the other shuts everybody out of a list that was emptied on purpose.",
        wayOut: "Run it once from a migration stack (setting `migrationStacks`), then remove the argument.",
        enforcementLevel: "mandatory",
      },
      {
        migrationStacks: names(["migration"], "Names of stacks in which both are allowed; * stands for any text."),
      },
      judgeMigration,
    ),
    resourcePolicy<CredentialSettings>(
      {
        name: "credential-sources",
        displayName: "Secrets come from configuration or Key Vault",
        description:
          "A secret comes from the stack's configuration or from Azure Key Vault: there it is encrypted, and whoever reads it is known. One that is written in a program stays in version control for ever.",
        wayOut:
          'Use config.requireSecret("…") or { fromKeyVault: "https://….vault.azure.net/secrets/…" }, or allow the source in this policy\'s settings.',
        enforcementLevel: "mandatory",
      },
      {
        sources: sourceList(
          ["config", "keyVault"],
          "Where secrets of connectors and of allowlist targets may come from.",
        ),
        tokenSources: sourceList(
          ["config", "keyVault", "environment"],
          "Where a provider's tokens may come from. A pipeline's short-lived token arrives in the environment.",
        ),
      },
      judgeCredentials(configured),
    ),
    resourcePolicy<Rapid7Settings>(
      {
        name: "rapid7-user-key",
        displayName: "Rapid7 keys are user keys",
        description:
          "A Rapid7 key is that of a user with a reader's rights. An organization key is good for all products of the organization, whoever holds it. No documented sign tells one from the other, so the connector declares the kind with a tag.",
        wayOut:
          'Use a user key and say tags: { "rapid7-key": "user" }. Microsoft found organization keys to connect more reliably: if it has to be one, name the resource in this policy\'s `accepted`.',
        enforcementLevel: "advisory",
      },
      {
        tag: { type: "string", minLength: 1, default: "rapid7-key", description: "Tag that declares the kind of key." },
        accepted: names([], "Logical names of connectors whose organization key, or undeclared key, is accepted."),
      },
      judgeRapid7Key,
    ),
    resourcePolicy<GuardSettings>(
      {
        name: "guards-in-force",
        displayName: "Guards of published lists are in force",
        description:
          "No guard of a published list is switched off. Published lists have gone back, emptied and exploded by mistake; a guard that accepts everything would carry the mistake into every product and firewall.",
        wayOut:
          "Say what you have looked at and no more (acceptAdditions: 120, acceptRollbackTo: 16), and remove it after the run.",
        enforcementLevel: "mandatory",
      },
      {
        minQuarantineDays: count(1, "Least days for which a withdrawn prefix stays allowed."),
        maxAcceptedAdditions: count(1_000, "Most new prefixes that acceptAdditions may accept at once."),
        maxAcceptedRemovals: count(100, "Most withdrawn prefixes that acceptRemovals may accept at once."),
        maxAcceptedForeignRemovals: count(100, "Most entries of other owners that acceptForeignRemovals may accept."),
        shortestAcceptedIpv4: length(32, 12, "Shortest IPv4 prefix that acceptWide may accept, in bits."),
        shortestAcceptedIpv6: length(128, 32, "Shortest IPv6 prefix that acceptWide may accept, in bits."),
      },
      judgeGuards,
    ),
    originPolicy({
      name: "ranges-guarded",
      displayName: "Lists follow guarded ranges",
      description:
        "What an allowlist follows comes from a ServiceTagRanges of the same stack. Ranges that a program writes itself, or takes from another stack, pass no guard here.",
      wayOut: "Use `ranges: scuba.ranges` with a msem.ServiceTagRanges, or leave `ranges` out.",
      enforcementLevel: "advisory",
    }),
  ];
}

function resourcePolicy<Settings extends object>(
  rule: Rule,
  schema: SettingsSchema<Settings>,
  judge: Judgement<Settings>,
): ResourceValidationPolicy {
  return {
    ...shown(rule),
    configSchema: { properties: schema as Record<string, SettingSchema> },
    validateResource: (args, report) => {
      const subject = subjectOf(args);
      if (subject === undefined) return;
      const sentences = judge(subject, settingsOf(rule, schema, args.getConfig<Partial<Settings>>()));
      if (sentences.length > 0) report(violation(sentences, rule));
    },
  };
}

/**
 * The engine checks the values of known settings, and passes over names that nobody knows.
 *
 * @throws Error for a name that is none, so that no limit is taken for set which is not
 */
function settingsOf<Settings extends object>(
  { name }: Rule,
  schema: SettingsSchema<Settings>,
  given: Partial<Settings>,
): Settings {
  const known = Object.keys(schema);
  const wrong = Object.keys(given).filter((setting) => !known.includes(setting));
  if (wrong.length > 0) {
    const mistake = new Error(`the policy ${name} has no setting ${wrong.join(", ")}; it has ${known.join(", ")}`);
    // The SDK shows the stack: whoever wrote the settings can do nothing with ours.
    mistake.stack = mistake.message;
    throw mistake;
  }
  // An engine that was given no settings passes none on, and not the defaults either.
  return { ...defaultsOf(schema), ...given };
}

/** Only at the end of an operation does the engine tell what a property depends on. */
function originPolicy(rule: Rule): StackValidationPolicy {
  return {
    ...shown(rule),
    validateStack: ({ resources }, report) => {
      for (const { type, urn, propertyDependencies } of resources) {
        const from = (propertyDependencies.ranges ?? []).map((resource) => classNameOf(resource.type));
        const sentences = judgeOrigin(classNameOf(type) ?? "", from);
        if (sentences.length > 0) report(violation(sentences, rule), urn);
      }
    },
  };
}

function shown({ wayOut, ...rule }: Rule): Omit<Rule, "wayOut"> & { remediationSteps: string } {
  return { ...rule, remediationSteps: wayOut };
}

/** The engine puts the description above it. */
function violation(sentences: readonly string[], { wayOut }: Rule): string {
  return [...sentences.map((sentence) => `- ${sentence}.`), wayOut].join("\n");
}

function defaultsOf<Settings extends object>(schema: SettingsSchema<Settings>): Settings {
  const defaults = Object.entries<{ default: unknown }>(schema).map(([name, setting]) => [name, setting.default]);
  return Object.fromEntries(defaults) as Settings;
}

type Setting<Value> = SettingSchema & { default: Value };

function length(most: number, value: number, description: string): Setting<number> {
  return { type: "integer", minimum: 0, maximum: most, default: value, description };
}

function count(value: number, description: string): Setting<number> {
  return { type: "integer", minimum: 0, default: value, description };
}

function names(value: string[], description: string): Setting<readonly string[]> {
  return { type: "array", items: { type: "string", minLength: 1 }, default: value, description } as Setting<
    readonly string[]
  >;
}

function sourceList(value: CredentialSettings["sources"], description: string): Setting<CredentialSettings["sources"]> {
  return {
    type: "array",
    items: { type: "string", enum: [...sources] },
    default: [...value],
    description,
  } as Setting<CredentialSettings["sources"]>;
}
