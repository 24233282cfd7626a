/** Reading tables of ServiceNow whole, and the database values of choices, which are not public. */
import { z } from "zod";
import { MsemError } from "../../core/errors";
import type { Transport } from "../../http/transport";

/** Rows of a page: few enough for an instance that is slow. The default of the product is 10,000. */
const pageRows = 250;
/** A table of addresses that is longer is none. */
const mostPages = 100;
/** Rows come and go between two pages: then all is read again. */
const mostReadings = 3;

/** A table, and what is read of each row. */
export interface TableRead<Row> {
  /** `/api/now/table/…` */
  readonly path: string;
  /** Names of the columns, with commas. */
  readonly fields: string;
  readonly schema: z.ZodType<Row>;
}

/**
 * All rows of a table.
 *
 * @throws MSEM_FORBIDDEN when the account sees fewer rows than there are: what it does not see might be anything
 */
export async function readTable<Row>(transport: Transport, table: TableRead<Row>): Promise<Row[]> {
  let seen = 0;
  let total = 0;
  for (let reading = 1; reading <= mostReadings; reading++) {
    const read = await readOnce(transport, table);
    if (read.rows.length >= read.total) return read.rows;
    [seen, total] = [read.rows.length, read.total];
  }
  throw new MsemError(
    "MSEM_FORBIDDEN",
    `ServiceNow: the account sees ${seen} of the ${total} rows of ${table.path.split("/").at(-1)}.`,
    { hint: "Access rules hide the others. Give the account a role that reads all of them." },
  );
}

/** A page may be short, because access rules are applied after its limit: only the count tells where the end is. */
async function readOnce<Row>(
  transport: Transport,
  { path, fields, schema }: TableRead<Row>,
): Promise<{ readonly rows: Row[]; readonly total: number }> {
  const rows: Row[] = [];
  for (let page = 0; page < mostPages; page++) {
    const offset = page * pageRows;
    const { result, total } = await transport.send({
      method: "GET",
      to: path,
      query: {
        sysparm_query: "ORDERBYsys_id",
        sysparm_fields: fields,
        sysparm_limit: String(pageRows),
        sysparm_offset: String(offset),
        sysparm_exclude_reference_link: "true",
      },
      access: "read",
      answers: {
        200: (answer) => {
          const count = Number(answer.header("x-total-count"));
          if (!Number.isSafeInteger(count)) throw answer.breach("the header X-Total-Count is missing");
          return { ...answer.json(z.object({ result: z.array(schema) })), total: count };
        },
      },
    });
    rows.push(...result);
    if (offset + pageRows >= total) return { rows, total };
  }
  throw new MsemError("MSEM_PROTOCOL", `ServiceNow: the table has more than ${mostPages * pageRows} rows.`);
}

/** Database values, whatever their letter case is in this instance. */
export interface Choices {
  readonly allow: string;
  readonly deny: string;
  readonly inbound: string;
  readonly both: string;
}

const choiceSchema = z.object({ element: z.string(), label: z.string(), value: z.string().min(1) });

/** By their English labels, which the documentation names. */
export async function readChoices(transport: Transport): Promise<Choices> {
  const choices = await transport.send({
    method: "GET",
    to: "/api/now/table/sys_choice",
    query: {
      sysparm_query: "name=ip_access^elementINtype,direction^language=en^inactive=false",
      sysparm_fields: "element,label,value",
      sysparm_limit: "100",
    },
    access: "read",
    answers: { 200: (answer) => answer.json(z.object({ result: z.array(choiceSchema) })).result },
  });
  const valueFor = (element: string, label: string): string => {
    const found = choices.find((one) => one.element === element && one.label.toLowerCase() === label.toLowerCase());
    if (found !== undefined) return found.value;
    throw new MsemError(
      "MSEM_FORBIDDEN",
      `ServiceNow: sys_choice gives no value for ip_access.${element} "${label}", so that no row can be read or written rightly.`,
      { hint: "Give the account read access to sys_choice; access rules may hide its rows." },
    );
  };
  return {
    allow: valueFor("type", "Allow"),
    deny: valueFor("type", "Deny"),
    inbound: valueFor("direction", "Inbound"),
    both: valueFor("direction", "Bidirectional"),
  };
}
