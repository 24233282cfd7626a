/** `msem import`: what exists, as a file for `pulumi import --file` and the program that declares it. */
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, ConnectionsClient } from "../../connections/model";
import { closeNames } from "../../core/closeNames";
import type { ResolveReference } from "../../core/connector/inputs";
import { MsemError } from "../../core/errors";
import type { Surroundings } from "../../core/lifecycle";
import { createResolver, fileTrouble } from "../../credentials";
import { publishedRanges } from "../../ranges/published";
import { targets } from "../../vendors/targets";
import { type CommandIo, counted, exitCodes, guarded, styleFor } from "../output";
import { commandResolver, type SourceOptions, wantedRanges } from "../rangeSource";
import { descriptorOf } from "../verifySubjects";
import { declareRanges, sortLists } from "./allowlists";
import { sortConnections } from "./connections";
import { fileNames, importFile, program } from "./files";
import type { CredentialForm, Sorted } from "./model";
import { namesWith, reserved } from "./names";
import { renderJson, renderText } from "./report";
import { connectService } from "./service";
import { type Home, readHome } from "./stack";
import { readTargets } from "./targetsFile";

export interface ImportArguments extends SourceOptions {
  readonly all: boolean;
  /** Connector types. */
  readonly kind: readonly string[];
  /** Names of connections, without regard to case. */
  readonly name: readonly string[];
  /** File of products whose lists are wanted. */
  readonly targets?: string;
  /** Where the lists' prefixes come from. */
  readonly ranges: string;
  readonly credentials: CredentialForm;
  readonly adopt: boolean;
  readonly provider?: string;
  readonly project?: string;
  readonly stack?: string;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Writes the files, prints what was found and resolves to the exit code: 0, 2 attention needed, 1 with a message. */
export function runImport(args: ImportArguments, io: CommandIo): Promise<number> {
  return guarded(io, async () => {
    const wanted = judgeSelection(args);
    const paths = { resources: join(args.out, fileNames.resources), program: join(args.out, fileNames.program) };
    await requireFree(Object.values(paths), args.force);
    const home = await readHome(args, io.env);
    const provider =
      args.provider === undefined ? undefined : { name: args.provider, urn: home.providerUrn(args.provider) };
    const { found, skipped } = await gather(args, wanted, home, io);
    const files = found.length === 0 ? undefined : paths;
    if (files !== undefined) {
      await writeBoth(
        args,
        new Map([
          [files.resources, importFile(found, provider)],
          [files.program, program(found, home, provider !== undefined)],
        ]),
      );
    }
    const report = { home, found, skipped, stackOption: args.stack, ...(files === undefined ? {} : { files }) };
    io.stdout.write(args.json ? renderJson(report) : renderText(report, args.verbose, styleFor(io.stdout, io.env)));
    return [...found, ...skipped].some(({ attention }) => attention) ? exitCodes.drift : exitCodes.ok;
  });
}

/** Which connections are wanted; undefined for none. */
type Selection = { readonly types: readonly string[]; readonly names: readonly string[] } | undefined;

/** @throws MSEM_INVALID */
function judgeSelection({ all, kind, name, targets: lists }: ImportArguments): Selection {
  const some = kind.length + name.length > 0;
  if (all && some) throw new MsemError("MSEM_INVALID", "--all means every connection: leave out --kind and --name");
  if (!all && !some && lists === undefined) {
    throw new MsemError("MSEM_INVALID", "nothing was chosen: give --all, --kind, --name or --targets");
  }
  return all || some ? { types: kind.map((one) => descriptorOf(one, "--kind").type), names: name } : undefined;
}

async function gather(args: ImportArguments, wanted: Selection, home: Home, io: CommandIo): Promise<Sorted> {
  const environment = (name: string): string | undefined => io.env[name];
  const resolve = createResolver({ environment });
  const judging: Surroundings = { environment, now: () => new Date(), fileTrouble };
  const common = {
    home,
    credentials: { form: args.credentials, takeKey: namesWith(""), takeVariable: namesWith("_") },
    takeIdentifier: namesWith("", reserved),
    adopt: args.adopt,
    judging,
    resolve,
  };
  // Judged before anything is asked.
  const listed = args.targets === undefined ? [] : await readTargets(args.targets, targets, judging);
  const warn = (message: string): void => void io.stderr.write(`warning: ${message}\n`);
  const found: Sorted[] = [];
  if (wanted !== undefined) {
    const client = connectService(io, home, resolve);
    const connections = await listConnections(client, wanted, io);
    found.push(await sortConnections(connections, { ...common, client }));
  }
  if (listed.length > 0) found.push(await gatherLists(args, listed, { ...common, warn }, io));
  return { found: found.flatMap((one) => one.found), skipped: found.flatMap((one) => one.skipped) };
}

async function gatherLists(
  args: ImportArguments,
  listed: Awaited<ReturnType<typeof readTargets>>,
  common: Omit<Parameters<typeof sortLists>[2], "context" | "progress"> & { readonly resolve: ResolveReference },
  io: CommandIo,
): Promise<Sorted> {
  const source = wantedRanges(args.ranges, args);
  const published = await publishedRanges(source, commandResolver(io));
  const ranges = await declareRanges(source, published, common);
  const context = {
    targets,
    environment: common.judging.environment,
    resolve: common.resolve,
    warn: common.warn,
    now: Date.now,
    sleep: async (ms: number) => void (await sleep(ms)),
    // An import asks for no test.
    testConnection: async () => "not asked",
  };
  const progress = (displayName: string): void => void io.stderr.write(`Reading ${displayName} …\n`);
  const lists = await sortLists(listed, ranges, { ...common, context, progress });
  return lists.found.length === 0 ? lists : { ...lists, found: [ranges, ...lists.found] };
}

/** @throws MSEM_INVALID for a name that no connection has */
async function listConnections(
  client: ConnectionsClient,
  wanted: NonNullable<Selection>,
  io: CommandIo,
): Promise<Connection[]> {
  const all: Connection[] = [];
  io.stderr.write("Listing the tenant's connections …\n");
  for await (const connection of client.list()) {
    all.push(connection);
    if (all.length % 1000 === 0) io.stderr.write(`${counted(all.length, "connection", "connections")} so far …\n`);
  }
  const lower = (text: string): string => text.toLowerCase();
  const names = new Set(wanted.names.map(lower));
  const known = all.map(({ name }) => name);
  const unknown = wanted.names.find((name) => !known.some((one) => lower(one) === lower(name)));
  if (unknown !== undefined) {
    const [near] = closeNames(unknown, known, 1);
    throw new MsemError("MSEM_INVALID", `--name ${unknown}: the tenant has no connection of that name`, {
      hint: near === undefined ? "--all lists every one." : `Did you mean "${near}"?`,
    });
  }
  return all.filter(
    ({ connectorType, name }) =>
      (wanted.types.length === 0 || wanted.types.includes(connectorType)) &&
      (names.size === 0 || names.has(lower(name))),
  );
}

/** @throws MSEM_INVALID with every file that is there already */
async function requireFree(paths: readonly string[], force: boolean): Promise<void> {
  if (force) return;
  const there = await Promise.all(paths.map(async (path) => ((await exists(path)) ? [path] : [])));
  const taken = there.flat();
  if (taken.length === 0) return;
  throw new MsemError("MSEM_INVALID", `${taken.join(" and ")} ${taken.length === 1 ? "is" : "are"} there already`, {
    hint: "Choose another folder with --out, or --force to replace what is there.",
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Never half a file, nor one without the other. @throws MSEM_INVALID when they cannot be written */
async function writeBoth({ out, force }: ImportArguments, texts: ReadonlyMap<string, string>): Promise<void> {
  const fresh = (path: string): string => `${path}.${process.pid}`;
  try {
    await mkdir(out, { recursive: true });
    for (const [path, text] of texts) await writeFile(fresh(path), text);
    await requireFree([...texts.keys()], force);
    for (const path of texts.keys()) await rename(fresh(path), path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof MsemError || code === undefined) throw error;
    throw new MsemError("MSEM_INVALID", `--out ${out}: the files cannot be written there (${code})`);
  } finally {
    await Promise.all([...texts.keys()].map((path) => rm(fresh(path), { force: true }).catch(() => undefined)));
  }
}
