/** A part of a file against its schema; what is wrong is named with its path and line. */
import type * as z from 'zod';
import { faultAt, type ParsedFile, type Path } from './parse';

interface Fault {
	readonly path: Path;
	readonly message: string;
}

const steps = (path: readonly PropertyKey[]): Path => path.filter((key) => typeof key !== 'symbol');

/** Of the alternatives of a union the one that came furthest tells what was meant. */
function faultOf(issue: z.core.$ZodIssue | undefined, within: Path): Fault {
	if (!issue) return { path: within, message: 'it is not valid.' };
	const path = [...within, ...steps(issue.path)];
	if (issue.code === 'unrecognized_keys')
		return { path: [...path, issue.keys[0] ?? ''], message: 'there is no such setting.' };
	if (issue.code !== 'invalid_union') return { path, message: issue.message };
	const branches = issue.errors.map(([first]) => faultOf(first, path));
	const furthest = branches.reduce<Fault | null>(
		(best, one) => (one.path.length > (best?.path.length ?? path.length) ? one : best),
		null,
	);
	return furthest ?? { path, message: issue.message };
}

/** Throws `invalid_request`; `value` stands at `path` of the file. */
export function readShape<S extends z.ZodType>(file: ParsedFile, path: Path, schema: S, value: unknown): z.output<S> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const fault = faultOf(result.error.issues[0], path);
	throw faultAt(file, fault.path, fault.message);
}
