/** What a client sent that no schema kept: nobody here reads it, and it must not go in silence. */
import type { Warning } from '../language/request';

/** Named at most, and characters of each: they come from outside and go into a header. */
const NAMED_FIELDS = 16;
const NAMED_LENGTH = 64;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Paths such as `messages[0].weight`, at any depth; `read` is `sent` as the schema left it. */
export function unreadFields(sent: unknown, read: unknown): readonly Warning[] {
	const paths: string[] = [];
	collect(sent, read, '', paths);
	return paths.map((path) => ({
		field: path.slice(0, NAMED_LENGTH),
		message: "No such field is read here; left out. A provider's own go into switchyard.provider_options.",
	}));
}

function collect(sent: unknown, read: unknown, path: string, paths: string[]): void {
	// What a schema takes as it is stays the same object.
	if (sent === read || paths.length >= NAMED_FIELDS) return;
	if (isList(sent) && isList(read)) {
		for (const [at, value] of sent.entries()) collect(value, read[at], `${path}[${at}]`, paths);
		return;
	}
	if (!isRecord(sent) || !isRecord(read)) return;
	for (const name of Object.keys(sent)) {
		const value = sent[name];
		if (value === null || value === undefined) continue;
		const field = path === '' ? name : `${path}.${name}`;
		if (Object.hasOwn(read, name)) collect(value, read[name], field, paths);
		else if (paths.length < NAMED_FIELDS) paths.push(field);
	}
}
