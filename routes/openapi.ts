/** The API's document, OpenAPI 3.1, made from the table: what stands in it is what answers. Pure. */

import * as z from "zod/mini";
import { ERROR_CODES, type ErrorCode } from "../lib/base/errors.ts";
import { VERSION } from "../lib/base/version.ts";
import type { Answer } from "./answers.ts";
import { addressOf, byFixedFirst, type Mode, REPO_PARAMETER } from "./mounts.ts";
import type { Route, Schema } from "./route.ts";
import type { UploadBody } from "./upload.ts";

type Json = { readonly [key: string]: unknown };

/** The problem every call may end in, as a schema. */
const PROBLEM = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    hint: z.nullable(z.string()),
  }),
  requestId: z.string(),
});

/** Codes any row may fail with besides its own. */
const ALWAYS: readonly ErrorCode[] = ["invalid", "internal"];

/** @param mode Decides which rows there are and where they stand. */
export function openApiOf(rows: readonly Route[], mode: Mode): Json {
  const placed = rows.flatMap((row) => {
    const address = addressOf(row, mode);
    return address === null ? [] : [{ address, row }];
  }).sort((a, b) => byFixedFirst(a.address, b.address));
  const paths: Record<string, Record<string, Json>> = {};
  for (const { address, row } of placed) {
    (paths[address] ??= {})[row.method] = operationOf(row, address);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "CAR",
      version: VERSION,
      description: "Works queues of markdown tickets with coding agents.",
    },
    security: [{ token: [] }],
    tags: [...new Set(placed.map(({ row }) => row.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: jsonSchema(PROBLEM) },
      responses: { Problem: { description: "What went wrong.", content: PROBLEM_CONTENT } },
    },
  };
}

const PROBLEM_CONTENT = {
  "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
};

function operationOf(row: Route, address: string): Json {
  const { method, tag, summary, details, missing } = row;
  const words = [details, missing].filter((it) => it !== undefined).join("\n\n");
  return {
    operationId: operationId(method, address),
    tags: [tag],
    summary,
    ...(words === "" ? {} : { description: words }),
    ...(missing === undefined ? {} : { "x-missing": missing }),
    ...(row.isOpen === true ? { security: [] } : {}),
    parameters: parametersOf(row, address),
    ...(row.body === undefined ? {} : { requestBody: requestBody(row.body) }),
    responses: missing === undefined ? responsesOf(row) : { "501": PROBLEM_REF },
  };
}

const PROBLEM_REF = { $ref: "#/components/responses/Problem" };

/** `get_repos_repo_api_tickets_index`. */
const operationId = (method: string, address: string): string =>
  `${method}${address.replaceAll(/[^\w]+/g, "_").replace(/_$/, "")}`;

function parametersOf(row: Route, address: string): readonly Json[] {
  const names = [...address.matchAll(/\{(\w+)\}/g)].map((it) => it[1] ?? "");
  const params = fieldsOf(row.params);
  const query = fieldsOf(row.query);
  return [
    ...names.map((name) => ({
      name,
      in: "path",
      required: true,
      schema: (name === REPO_PARAMETER ? null : params.properties[name]) ?? { type: "string" },
    })),
    ...Object.entries(query.properties).map(([name, schema]) => ({
      name,
      in: "query",
      required: query.required.includes(name),
      schema,
    })),
  ];
}

function fieldsOf(schema: Schema | undefined) {
  const made = schema === undefined ? {} : jsonSchema(schema);
  const properties = made["properties"];
  const required = made["required"];
  return {
    properties: typeof properties === "object" && properties !== null
      ? properties as Record<string, unknown>
      : {},
    required: Array.isArray(required) ? required.map(String) : [],
  };
}

function requestBody(body: Schema | UploadBody): Json {
  if ("kind" in body) {
    const content = body.types.map((type) => [type, {
      schema: { type: "string", format: "binary", maxLength: body.bytesMax },
    }]);
    return { required: true, content: Object.fromEntries(content) };
  }
  const schema = jsonSchema(body);
  const required = Array.isArray(schema["required"]) && schema["required"].length > 0;
  return { required, content: { "application/json": { schema } } };
}

function responsesOf(row: Route): Json {
  const codes = [
    ...new Set([
      ...ALWAYS,
      ...(row.isOpen === true ? [] : ["unauthorized" as const]),
      ...(row.scope === "repo" || row.params !== undefined ? ["not_found" as const] : []),
      ...row.errors ?? [],
    ]),
  ];
  const statuses = new Set(codes.map((it) => String(ERROR_CODES[it].http)));
  // Keys that a row does not name are refused, in any query and any body.
  statuses.add("422");
  if (row.body !== undefined) { for (const it of ["413", "415"]) statuses.add(it); }
  return {
    ...Object.fromEntries([...statuses].sort().map((it) => [it, PROBLEM_REF])),
    ...answerOf(
      "kind" in row.answer ? row.answer : {
        kind: "json",
        status: 200,
        schema: row.answer,
      },
    ),
  };
}

function answerOf(answer: Answer): Json {
  switch (answer.kind) {
    case "json":
      return { [answer.status]: ok({ "application/json": { schema: jsonSchema(answer.schema) } }) };
    case "empty":
      return { "204": { description: "Done." } };
    case "text":
      return { "200": ok({ [answer.type]: { schema: { type: "string" } } }) };
    case "bytes":
      return { "200": ok({ [answer.type]: { schema: { type: "string", format: "binary" } } }) };
    case "sse": {
      const events = Object.entries(answer.events).map(([name, it]) => [name, jsonSchema(it)]);
      return {
        "200": {
          ...ok({ "text/event-stream": { schema: { type: "string" } } }),
          "x-events": Object.fromEntries(events),
        },
      };
    }
    case "upgrade":
      return { "101": { description: `A websocket: ${answer.protocol}` } };
  }
}

const ok = (content: Json): Json => ({ description: "Done.", content });

function jsonSchema(schema: Schema): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
}
