/** Schemas of the code as JSON Schema (draft 2020-12, which OpenAPI 3.1 is built on), by zod's own conversion. */
import * as z from 'zod';
import { ERRORS } from '../described/error-schemas';
import type { Named, Operation } from '../operation';
import type { JsonSchema } from './types';

export const referenceTo = (kind: 'schemas' | 'responses', name: string) => ({ $ref: `#/components/${kind}/${name}` });

type Written = Record<string, unknown>;

/** What a reader would only stumble over: patterns that repeat a format, bounds every JavaScript integer has. */
function withoutNoise({ jsonSchema }: { readonly jsonSchema: Written }): void {
	if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern;
	if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
	if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
	delete jsonSchema.propertyNames;
}

const OPTIONS = { io: 'input', unrepresentable: 'any', override: withoutNoise } as const;

/** An anonymous schema, as a parameter has. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, OPTIONS) as Written;
	return rest;
}

/** Every schema that an operation names. */
function namedSchemas(operations: readonly Operation[]): readonly Named[] {
	const named = operations.flatMap(({ body, answers, errors }) => [
		...(body ? [body] : []),
		...Object.values(answers).flatMap((answer) => answer.body ?? []),
		ERRORS[errors.shape],
	]);
	return named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** By name; one that contains another refers to it. */
export function componentSchemas(operations: readonly Operation[]): Readonly<Record<string, JsonSchema>> {
	const registry = z.registry<{ id: string }>();
	for (const { name, schema } of namedSchemas(operations)) registry.add(schema, { id: name });
	const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, uri: (id) => referenceTo('schemas', id).$ref });
	return Object.fromEntries(
		Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema as JsonSchema]),
	);
}
