/** What a schema found wrong, as our error: the first field at fault, in the door's own spelling. */
import type * as z from 'zod';
import { GatewayError, invalid } from '../errors';

/** `messages[0].content`, as OpenAI writes a path. */
export function paramOf(path: readonly PropertyKey[]): string {
	let param = '';
	for (const key of path) param += typeof key === 'number' ? `[${key}]` : `${param && '.'}${String(key)}`;
	return param;
}

/** `invalid_request` naming the first field at fault. */
export function issueError(error: z.core.$ZodError): GatewayError {
	const issue = error.issues[0];
	const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
	const param = paramOf([...(issue?.path ?? []), ...unknown]);
	const message = issue?.message ?? 'Invalid input';
	return param === '' ? new GatewayError('invalid_request', message) : invalid(param, `${param}: ${message}`);
}

/** Throws `invalid_request`. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw issueError(result.error);
}
