/** How `msem verify` tells what it found: a table for people, JSON and JUnit for machines. */
import type { CheckOutcome, PreflightReport, PreflightResult } from "../core/preflight";
import { speaker, worstOf } from "../core/preflight";
import { counted, type Style } from "./output";
import type { Subject } from "./verifySubjects";

/** A connector with what was found of it; no report where it was not checked. */
export interface Verified {
  readonly subject: Subject;
  readonly report: PreflightReport | undefined;
}

export type Verdict = PreflightResult | "notChecked";

export function verdictOf({ report }: Verified): Verdict {
  return report === undefined ? "notChecked" : worstOf(report.outcomes);
}

const limitOfProof = "This proves credentials and rights, not that Microsoft's\naddresses get through.";

export function intro(count: number): string {
  return `Checking ${counted(count, "connector", "connectors")} from this machine. ${limitOfProof}\n`;
}

/** @param attention those that need somebody to look */
export function renderText(all: readonly Verified[], attention: readonly Verified[], style: Style): string {
  const width = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const names = width(all.map(({ subject }) => subject.name));
  const vendors = width(all.map(({ subject }) => subject.descriptor.vendor));
  const words = width(all.map(verdictOf));
  const indent = " ".repeat(2 + names + 2 + vendors + 2 + words + 2);
  const rows = all.flatMap((one) => {
    const { subject } = one;
    const verdict = verdictOf(one);
    const paint = attention.includes(one) ? style.bad : style.good;
    const [first = "", ...rest] = detailsOf(one);
    return [
      `  ${subject.name.padEnd(names)}  ${subject.descriptor.vendor.padEnd(vendors)}  ${paint(verdict.padEnd(words))}  ${first}`,
      ...rest.map((line) => `${indent}${line}`),
    ];
  });
  const verdict =
    attention.length === 0
      ? `${style.good("All good")}: nothing needs attention`
      : `${style.bad(String(attention.length))} of ${all.length} need${attention.length === 1 ? "s" : ""} attention`;
  return `${rows.join("\n")}\n${verdict}\n`;
}

function detailsOf({ subject, report }: Verified): string[] {
  const warnings = [...subject.warnings, ...(report?.warnings ?? [])].map((warning) => `warning: ${warning}`);
  if (report === undefined) return [subject.notChecked ?? "", ...warnings];
  const worst = speaker(report.outcomes);
  if (worst === undefined || worst.result === "ok") {
    return [report.outcomes.map(({ found }) => found).join("; "), ...warnings];
  }
  const others = report.outcomes.filter((one) => one !== worst && one.result !== "ok");
  return [
    sentence(worst),
    ...(worst.todo === undefined ? [] : [`to do: ${worst.todo}`]),
    ...(worst.requestId === undefined ? [] : [`request id ${worst.requestId}`]),
    ...others.map((one) => `also ${sentence(one)}, ${one.result}`),
    ...warnings,
  ];
}

function sentence({ check, found, says }: CheckOutcome): string {
  return `${check}: ${found}${says === undefined ? "" : ` (${says})`}`;
}

export function renderJson(all: readonly Verified[], attention: readonly Verified[]): string {
  const document = {
    schemaVersion: 1,
    ranFrom: "this machine",
    provesMicrosoftAddresses: false,
    attention: attention.length,
    connectors: all.map((one) => ({
      name: one.subject.name,
      type: one.subject.descriptor.type,
      result: verdictOf(one),
      needsAttention: attention.includes(one),
      ...(one.subject.notChecked === undefined ? {} : { reason: one.subject.notChecked }),
      checks: one.report?.outcomes ?? [],
      warnings: [...one.subject.warnings, ...(one.report?.warnings ?? [])],
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** What needs attention fails; what does not, and yet is not ok, is skipped. */
export function renderJUnit(all: readonly Verified[], attention: readonly Verified[]): string {
  const cases = all.flatMap((one) => {
    const bad = attention.includes(one);
    const { subject, report } = one;
    const base = { "@_classname": `msem.${subject.descriptor.type}` };
    if (report === undefined) {
      const message = { "@_message": `notChecked: ${subject.notChecked ?? ""}` };
      return [{ ...base, "@_name": subject.name, ...(bad ? { failure: message } : { skipped: message }) }];
    }
    return report.outcomes.map(({ check, result, found, says, todo, requestId }) => {
      const name = { ...base, "@_name": `${subject.name}: ${check}` };
      if (result === "ok") return name;
      const message = `${result}: ${found}${says === undefined ? "" : ` (${says})`}`;
      const text = [todo, requestId === undefined ? undefined : `request id ${requestId}`].filter((part) => part);
      const detail = { "@_message": message, "@_type": result, "#text": text.join("\n") };
      return { ...name, ...(bad ? { failure: detail } : { skipped: detail }) };
    });
  });
  return junitDocument("msem verify, from this machine", cases);
}

/** One suite of cases as XML. */
export function junitDocument(name: string, cases: readonly object[]): string {
  const { XMLBuilder } = require("fast-xml-parser") as typeof import("fast-xml-parser");
  const count = (kind: "failure" | "skipped") => cases.filter((one) => kind in one).length;
  const suite = {
    "@_name": name,
    "@_tests": cases.length,
    "@_failures": count("failure"),
    "@_skipped": count("skipped"),
    testcase: cases,
  };
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  return builder.build({
    "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" },
    testsuites: { testsuite: suite },
  }) as string;
}
