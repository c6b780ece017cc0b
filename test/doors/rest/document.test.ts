import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/doors/rest/described';
import type { JsonSchema, OperationObject } from '../../../src/doors/rest/openapi/types';
import { departures, document, pointed } from '../../support/described';
import { doorApp } from '../../support/door-app';

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
	Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every object within the document, with the way to it. */
function objects(value: unknown, at = '#'): { readonly at: string; readonly node: Record<string, unknown> }[] {
	if (typeof value !== 'object' || value === null) return [];
	const inside = Object.entries(value).flatMap(([key, each]) => objects(each, `${at}/${key}`));
	return Array.isArray(value) ? inside : [{ at, node: value as Record<string, unknown> }, ...inside];
}

const templateNames = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

const inPath = ({ parameters = [] }: OperationObject): string[] =>
	parameters.filter((one) => one.in === 'path').map(({ name }) => name);

const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);

describe('the OpenAPI document', () => {
	it('has what OpenAPI 3.1 requires at its root, and nothing that it does not know', () => {
		expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Switchyard', version: '1' } });
		expect(Object.keys(document).sort()).toEqual(
			['components', 'externalDocs', 'info', 'openapi', 'paths', 'servers', 'tags'].sort(),
		);
		expect(document.servers).toEqual([{ url: 'http://gateway.test' }]);
		expect(document.externalDocs.url).toBe('http://gateway.test/docs');
	});

	it('is JSON, through and through', () => {
		expect(JSON.parse(JSON.stringify(document))).toEqual(document);
	});

	it('refers only to what it has', () => {
		const references = objects(document).flatMap(({ node }) => (typeof node.$ref === 'string' ? [node.$ref] : []));
		expect(references.length).toBeGreaterThan(50);
		expect(references.filter((reference) => pointed(reference) === undefined)).toEqual([]);
	});

	it('keeps no schema or response that nothing refers to', () => {
		const text = JSON.stringify(document);
		const { schemas, responses } = document.components;
		const all = [
			...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
			...Object.keys(responses).map((name) => `#/components/responses/${name}`),
		];
		expect(all.filter((reference) => !text.includes(`"${reference}"`))).toEqual([]);
	});

	it('names each operation once', () => {
		const ids = operations.map(({ operation }) => operation.operationId);
		expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
	});

	it('describes each parameter of a path, and no other', () => {
		for (const { path, operation } of operations) {
			expect(inPath(operation), path).toEqual(templateNames(path));
			for (const parameter of operation.parameters ?? []) {
				expect(parameter.required, `${path} ${parameter.name}`).toBe(parameter.in === 'path');
				expect(parameter.schema, `${path} ${parameter.name}`).toBeTypeOf('object');
			}
		}
	});

	it('writes no header among the parameters that OpenAPI reserves', () => {
		const names = operations.flatMap(({ operation }) => (operation.parameters ?? []).map(({ name }) => name));
		expect(names.filter((name) => /^(accept|content-type|authorization)$/i.test(name))).toEqual([]);
	});

	it('says of each operation which answers it gives, each with a description', () => {
		for (const { path, operation } of operations) {
			const statuses = Object.keys(operation.responses);
			expect(
				statuses.every((status) => /^[2-5]\d\d$/.test(status)),
				path,
			).toBe(true);
			expect(
				statuses.some((status) => status.startsWith('2')),
				path,
			).toBe(true);
		}
		const answers = objects(document.paths).filter(({ at }) => /\/responses\/\d+$/.test(at));
		expect(answers.filter(({ node }) => !node.$ref && !node.description)).toEqual([]);
	});

	it('asks only for credentials that it explains', () => {
		const known = Object.keys(document.components.securitySchemes);
		const asked = operations.flatMap(({ operation }) => operation.security.flatMap((one) => Object.keys(one)));
		expect(new Set(asked)).toEqual(new Set(known));
	});

	it('groups each operation under one heading that it explains', () => {
		const known = document.tags.map(({ name }) => name);
		for (const { operation } of operations) expect(known).toEqual(expect.arrayContaining([...operation.tags]));
		expect(new Set(operations.flatMap(({ operation }) => operation.tags))).toEqual(new Set(known));
	});

	it('gives examples of bodies that their schemas allow', () => {
		const bodies = operations.flatMap(({ operation }) => operation.requestBody?.content['application/json'] ?? []);
		expect(bodies.length).toBeGreaterThan(5);
		for (const { schema, example } of bodies) expect(departures(schema, example), JSON.stringify(example)).toEqual([]);
	});

	it('refuses unknown fields in every body of the REST interface', () => {
		const rest = operations.filter(({ path }) => path.startsWith('/api/v1/'));
		for (const { path, operation } of rest) {
			const schema = operation.requestBody?.content['application/json']?.schema;
			if (schema?.$ref) expect(pointed(schema.$ref), path).toMatchObject({ additionalProperties: false });
		}
	});

	it('has no schema that says nothing, and no dialect of its own', () => {
		for (const [name, schema] of Object.entries<JsonSchema>(document.components.schemas)) {
			expect(schema.type, name).toBe('object');
			expect(schema).not.toHaveProperty('$schema');
			expect(schema).not.toHaveProperty('$id');
		}
	});

	it('uses each name for one schema', () => {
		const named = OPERATIONS.flatMap(({ body, answers }) => [
			...(body ? [body] : []),
			...Object.values(answers).flatMap((answer) => answer.body ?? []),
		]);
		for (const { name, schema } of named)
			expect(new Set(named.filter((other) => other.name === name).map((other) => other.schema))).toEqual(
				new Set([schema]),
			);
	});
});

describe('the routes under /api/v1', () => {
	/** `/api/v1/llm-providers/:id` as the document writes it. */
	const written = (path: string): string => path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}');

	const routed = doorApp()
		.app.routes.filter(({ method }) => method !== 'ALL')
		.map(({ method, path }) => `${method} ${written(path)}`);

	it('are all in the document', () => {
		const missing = routed.filter((route) => route.includes(' /api/v1/') && !described.includes(route));
		expect(missing).toEqual([]);
	});

	it('are all there is of it, beside doors that other specifications describe', () => {
		expect(described.filter((route) => !routed.includes(route))).toEqual([]);
		expect(described.length).toBeGreaterThan(15);
	});
});
