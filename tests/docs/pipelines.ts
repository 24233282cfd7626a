/** The pipelines among the YAML of the docs: their shape, as the vendors' documentation has it, and their shell lines. */
import { z } from "zod";

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const action = z.string().regex(/^[\w.-]+(\/[\w.-]+)+@(v\d+|[0-9a-f]{40})$/, "must be owner/name@version");

const githubStep = z
  .strictObject({
    name: z.string().optional(),
    id: z.string().optional(),
    if: z.string().optional(),
    uses: action.optional(),
    with: texts.optional(),
    run: z.string().optional(),
    env: texts.optional(),
    "working-directory": z.string().optional(),
    "continue-on-error": z.boolean().optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), "must have one of uses and run");

const permissions = z.partialRecord(
  z.enum(["actions", "contents", "id-token", "issues", "pull-requests", "security-events"]),
  z.enum(["read", "write", "none"]),
);

const github = z.strictObject({
  name: z.string(),
  on: z.looseObject({}),
  concurrency: z.union([z.string(), z.looseObject({ group: z.string() })]).optional(),
  permissions: permissions.optional(),
  env: texts.optional(),
  jobs: z.record(
    z.string(),
    z.strictObject({
      "runs-on": z.string(),
      needs: z.string().optional(),
      "timeout-minutes": z.number().optional(),
      environment: z.string().optional(),
      permissions: permissions.optional(),
      if: z.string().optional(),
      env: texts.optional(),
      strategy: z.looseObject({ matrix: z.looseObject({}) }).optional(),
      steps: z.array(githubStep).min(1),
    }),
  ),
});

const azureStep = z
  .strictObject({
    task: z
      .string()
      .regex(/^\w+@\d+$/)
      .optional(),
    script: z.string().optional(),
    checkout: z.string().optional(),
    publish: z.string().optional(),
    download: z.string().optional(),
    artifact: z.string().optional(),
    name: z.string().optional(),
    displayName: z.string().optional(),
    condition: z.string().optional(),
    inputs: texts.optional(),
    env: texts.optional(),
    workingDirectory: z.string().optional(),
  })
  .refine(
    ({ task, script, checkout, publish, download }) =>
      [task, script, checkout, publish, download].filter((one) => one !== undefined).length === 1,
    "must have one of task, script, checkout, publish and download",
  );

const azurePipeline = z.strictObject({
  trigger: z.union([z.literal("none"), z.looseObject({})]).optional(),
  pr: z.union([z.literal("none"), z.looseObject({})]).optional(),
  schedules: z.array(z.looseObject({ cron: z.string() })).optional(),
  lockBehavior: z.enum(["sequential", "runLatest"]).optional(),
  pool: z.looseObject({ vmImage: z.string() }).optional(),
  variables: z.union([texts, z.array(texts)]).optional(),
});

const azure = azurePipeline.extend({ steps: z.array(azureStep).min(1) });

const azureStages = azurePipeline.extend({
  stages: z.array(
    z.strictObject({
      stage: z.string(),
      condition: z.string().optional(),
      jobs: z.array(
        z.strictObject({
          job: z.string(),
          timeoutInMinutes: z.number().optional(),
          strategy: z.strictObject({ parallel: z.number() }).optional(),
          steps: z.array(azureStep).min(1),
        }),
      ),
    }),
  ),
});

const gitlabJob = z.strictObject({
  extends: z.string().optional(),
  image: z.string().optional(),
  stage: z.string().optional(),
  rules: z.array(z.strictObject({ if: z.string().optional(), changes: z.array(z.string()).optional() })).optional(),
  id_tokens: z.record(z.string(), z.strictObject({ aud: z.string() })).optional(),
  variables: texts.optional(),
  environment: z.string().optional(),
  before_script: z.array(z.string()).optional(),
  script: z.array(z.string()).optional(),
  allow_failure: z.strictObject({ exit_codes: z.array(z.number()) }).optional(),
  artifacts: z
    .strictObject({
      when: z.enum(["always", "on_failure", "on_success"]).optional(),
      paths: z.array(z.string()).optional(),
      reports: z.partialRecord(z.enum(["junit", "sast", "codequality"]), z.string()).optional(),
    })
    .optional(),
});

const gitlab = z
  .record(z.string(), gitlabJob)
  .refine(
    (jobs) => Object.entries(jobs).every(([name, job]) => name.startsWith(".") || job.script !== undefined),
    "every job that is no template must have a script",
  );

/** What a document must look like; undefined for YAML that is no pipeline. */
function shapeOf(document: unknown): z.ZodType | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  if ("jobs" in document && "on" in document) return github;
  if ("steps" in document) return azure;
  if ("stages" in document) return azureStages;
  const jobs: unknown[] = Object.values(document);
  return jobs.some((job) => typeof job === "object" && job !== null && "script" in job) ? gitlab : undefined;
}

/** Problems of a pipeline's shape. */
export function pipelineProblems(document: unknown): string[] {
  const result = shapeOf(document)?.safeParse(document);
  return result?.success === false
    ? result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)
    : [];
}

const scriptKeys: ReadonlySet<string> = new Set(["run", "script", "before_script", "inlineScript"]);

/** Every shell script in a document. */
export function scriptsOf(value: unknown, key = ""): string[] {
  if (typeof value === "string") return scriptKeys.has(key) ? [value.replaceAll(/\$\{\{.*?\}\}/g, "expression")] : [];
  if (Array.isArray(value)) return value.flatMap((one) => scriptsOf(one, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => scriptsOf(one, name));
}
