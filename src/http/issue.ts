/** What a schema found wrong, as our error: the first field at fault, in the door's own spelling. */
import type * as z from 'zod';
import { GatewayError, invalid } from '../errors';

/** `messages[0].content`, as OpenAI writes a path. */
export function paramOf(path: readonly PropertyKey[]): string {
	let param = '';
	for (const key of path) param += typeof key === 'number' ? `[${key}]` : `${param && '.'}${String(key)}`;
	return param;
}

/** `invalid_request` naming the first field at fault; `within` leads to what was parsed. */
export function issueError(error: z.core.$ZodError, within: readonly PropertyKey[] = []): GatewayError {
	const issue = error.issues[0];
	const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
	const param = paramOf([...within, ...(issue?.path ?? []), ...unknown]);
	const message = issue?.message ?? 'Invalid input';
	return param === '' ? new GatewayError('invalid_request', message) : invalid(param, `${param}: ${message}`);
}

/** Throws `invalid_request`. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw issueError(result.error);
}

/** A schema of many fields, most of them absent in any one request. */
export interface FieldSchemas<S extends z.ZodObject> {
	readonly fields: readonly { readonly name: string; readonly schema: z.ZodType; readonly required: boolean }[];
	/** Carries the type. */
	readonly schema: S;
}

/** Made once per schema. */
export const fieldSchemas = <S extends z.ZodObject>(schema: S): FieldSchemas<S> => ({
	schema,
	fields: Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => ({
		name,
		schema: field,
		required: !field.safeParse(undefined).success,
	})),
});

/**
 * As `parsed`, looking only at fields that are there or must be: where a schema has forty and a request three,
 * zod's own object spends more on the absent ones than the rest of the door does.
 */
export function parsedFields<S extends z.ZodObject>(
	{ fields }: FieldSchemas<S>,
	value: Readonly<Record<string, unknown>>,
): z.output<S> {
	const output: Record<string, unknown> = {};
	for (const { name, schema, required } of fields) {
		if (!required && !Object.hasOwn(value, name)) continue;
		const result = schema.safeParse(Object.hasOwn(value, name) ? value[name] : undefined);
		if (!result.success) throw issueError(result.error, [name]);
		output[name] = result.data;
	}
	return output as z.output<S>;
}
