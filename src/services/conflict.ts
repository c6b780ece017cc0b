/** Unique constraints of D1 as `conflict`, naming the field. */
import { GatewayError } from '../errors';

const VIOLATION = /UNIQUE constraint failed: ([\w., ]+)/;

/** `expecting` of `changeAll`. */
const MOVED = 'NOT NULL constraint failed: organizations.config_version';

const camelCase = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function messages(thrown: unknown): readonly string[] {
	const all: string[] = [];
	for (let error = thrown; error instanceof Error; error = error.cause) all.push(error.message);
	return all;
}

function violation(thrown: unknown): string | null {
	for (const message of messages(thrown)) {
		const columns = VIOLATION.exec(message)?.[1];
		if (columns) return columns;
	}
	return null;
}

/** The field is the last column of the constraint: the ones before it only say within what it is unique. */
export function conflictOf(thrown: unknown): GatewayError | null {
	if (messages(thrown).some((message) => message.includes(MOVED)))
		return new GatewayError('conflict', 'The configuration was changed meanwhile: read it and try again.', {
			param: 'version',
			cause: thrown,
		});
	const column = violation(thrown)?.split(',').at(-1)?.trim().split('.').at(-1);
	if (!column) return null;
	const field = camelCase(column);
	return new GatewayError('conflict', `Another one has this ${field} already: choose a different ${field}.`, {
		param: field,
		cause: thrown,
	});
}
