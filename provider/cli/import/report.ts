/** What an import found, for people and for machines. */
import { counted, type Style } from "../output";
import type { Found, Need, Skipped } from "./model";
import type { Home } from "./stack";

/** Lists are cut here, unless all is wanted. */
const most = 10;

export interface Report {
  readonly home: Pick<Home, "project" | "stack">;
  readonly found: readonly Found[];
  readonly skipped: readonly Skipped[];
  /** Undefined when there was nothing to write. */
  readonly files?: { readonly resources: string; readonly program: string };
  /** As given: for the commands that come next. */
  readonly stackOption: string | undefined;
}

export function renderText(report: Report, verbose: boolean, style: Style): string {
  const { home, found, skipped, files } = report;
  const listed = <Item>(items: readonly Item[], line: (item: Item) => string): string[] => {
    const shown = verbose ? items : items.slice(0, most);
    const rest = items.length - shown.length;
    return [...shown.map((item) => `  ${line(item)}`), ...(rest > 0 ? [`  … and ${rest} more (--verbose)`] : [])];
  };
  const width = Math.max(0, ...found.map(({ logicalName }) => logicalName.length));
  const classWidth = Math.max(0, ...found.map(({ className }) => className.length));
  const verdict = `${counted(found.length, "resource", "resources")} to import into stack ${home.stack} of project ${home.project}`;
  const left = skipped.length === 0 ? "" : `, ${skipped.length} skipped`;
  const lines = [
    `${found.length === 0 ? "There is nothing to import" : verdict}${left}`,
    ...listed(found, ({ logicalName, className, note, attention }) => {
      const shown = attention ? style.bad(note) : note;
      return `${logicalName.padEnd(width)}  ${className.padEnd(classWidth)}  ${shown}`;
    }),
    ...(skipped.length === 0 ? [] : ["", "Skipped"]),
    ...listed(skipped, ({ name, kind, reason }) => `${name} (${kind}): ${reason}`),
  ];
  if (files !== undefined) lines.push("", ...next(report, files, listed));
  return `${lines.join("\n")}\n`;
}

function next(
  { found, stackOption }: Report,
  files: NonNullable<Report["files"]>,
  listed: <Item>(items: readonly Item[], line: (item: Item) => string) => string[],
): string[] {
  const stack = stackOption === undefined ? "" : ` --stack ${stackOption}`;
  const needs = needsOf(found);
  const configured = needs.filter((need) => need.kind !== "environment");
  const variables = needs.filter((need) => need.kind === "environment");
  const steps = [
    ...(configured.length === 0
      ? []
      : [
          [
            `set ${counted(configured.length, "value", "values")}, which no service tells:`,
            ...listed(configured, (need) => `  ${command(need, stack)}`),
          ],
        ]),
    ...(variables.length === 0
      ? []
      : [
          [
            `set ${counted(variables.length, "environment variable", "environment variables")} where pulumi runs:`,
            ...listed(variables, ({ variable }) => `  ${variable}`),
          ],
        ]),
    [`pulumi import --file ${files.resources} --generate-code=false --protect=false${stack}`],
    [`import ${files.program} in the program, then: pulumi preview --diff${stack}`],
  ];
  return [
    `Wrote ${files.resources} (no credentials in it) and ${files.program}. Next:`,
    ...steps.flatMap(([first, ...more], index) => [`  ${index + 1}. ${first}`, ...more.map((line) => `  ${line}`)]),
    `The preview shows ${expectation(found)}.`,
  ];
}

function expectation(found: readonly Found[]): string {
  const byValue = found.filter(({ needs }) => needs.some(({ kind }) => kind !== "environment")).length;
  const other = found.filter(({ attention }) => attention).length;
  const parts = [
    ...(byValue === 0
      ? []
      : [`the credentials of ${counted(byValue, "resource", "resources")}, which the next up sends`]),
    ...(other === 0 ? [] : [`what ${counted(other, "resource lacks", "resources lack")} (above)`]),
  ];
  return parts.length === 0 ? "no change" : `just ${parts.join(", and ")}`;
}

function command(need: Exclude<Need, { kind: "environment" }>, stack: string): string {
  return `pulumi config set ${need.kind === "secret" ? "--secret " : ""}${need.configKey}${stack}`;
}

function needsOf(found: readonly Found[]): Need[] {
  return found.flatMap(({ needs }) => needs);
}

/** Stable: fields are added, none is renamed or dropped without a new number. */
export function renderJson({ home, found, skipped, files }: Report): string {
  const document = {
    msemImport: 1,
    project: home.project,
    stack: home.stack,
    ...(files === undefined ? {} : { files }),
    found: found.map(({ className, identifier, logicalName, id, needs, note, attention }) => ({
      name: logicalName,
      class: className,
      id,
      identifier,
      note,
      needsAttention: attention,
      needs,
    })),
    skipped: skipped.map(({ name, kind, reason, attention }) => ({ name, kind, reason, needsAttention: attention })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
