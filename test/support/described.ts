/** Answers held against what the OpenAPI document says of them, and nothing beyond. */
import { expect } from 'vitest';
import * as z from 'zod';
import { OPERATIONS } from '../../src/doors/rest/described';
import { describe as describeRoutes, documentAt } from '../../src/doors/rest/openapi/document';
import type { JsonSchema, OpenApiDocument, ResponseObject } from '../../src/doors/rest/openapi/types';

export const ORIGIN = 'http://gateway.test';

export const document: OpenApiDocument = documentAt(describeRoutes(OPERATIONS), ORIGIN);

/** What a JSON pointer within the document leads to; undefined: nothing. */
export const pointed = (reference: string): unknown =>
	reference
		.replace(/^#\//, '')
		.split('/')
		.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);

type Node = Record<string, unknown>;

/** References put in their place, and objects closed: an answer may hold no field that is not described. */
function closed(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(closed);
	if (typeof schema !== 'object' || schema === null) return schema;
	const { $ref, ...rest } = schema as Node;
	if (typeof $ref === 'string') return closed({ ...(pointed($ref) as Node), ...rest });
	const inside = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, closed(value)]));
	return inside.properties && !('additionalProperties' in inside) ? { ...inside, additionalProperties: false } : inside;
}

/** Every reason why `value` is not what the schema describes. */
export function departures(schema: JsonSchema, value: unknown): readonly string[] {
	const result = z.fromJSONSchema(closed(schema) as z.core.JSONSchema.JSONSchema).safeParse(value);
	return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** What the document says of one answer. */
export function describedResponse(method: string, path: string, status: number): ResponseObject {
	const response = document.paths[path]?.[method.toLowerCase()]?.responses[status];
	if (!response) throw new Error(`${method} ${path} is not described to answer ${status}`);
	return '$ref' in response ? (pointed(response.$ref) as ResponseObject) : response;
}

/**
 * Holds an answer against the document: status, media type, headers, and every field of the body, which it returns.
 * `path` as the document writes it, with `{id}`.
 */
export async function asDescribed(response: Response, method: string, path: string): Promise<unknown> {
	const { content, headers = {} } = describedResponse(method, path, response.status);
	for (const name of Object.keys(headers)) expect(response.headers.get(name), name).not.toBeNull();
	const text = await response.text();
	if (!content) {
		expect(text).toBe('');
		return null;
	}
	const type = response.headers.get('content-type')?.split(';')[0] ?? '';
	const schema = content[type]?.schema;
	if (!schema) throw new Error(`${method} ${path} answered ${type}, which is not described`);
	const body: unknown = JSON.parse(text);
	expect(departures(schema, body), `${method} ${path} ${response.status}`).toEqual([]);
	return body;
}
