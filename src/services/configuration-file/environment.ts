/** `environments:` of a file: what one of them says stands over the rest, name by name; lists are replaced whole. */
import { invalid } from '../../errors';
import { faultAt, isFields, type ParsedFile, type Path } from './parse';

const PART = 'environments';

function merged(below: unknown, above: unknown): unknown {
	if (!(isFields(below) && isFields(above))) return above;
	const all: Record<string, unknown> = { ...below };
	for (const [name, value] of Object.entries(above))
		all[name] = Object.hasOwn(below, name) ? merged(below[name], value) : value;
	return all;
}

function has(value: unknown, path: Path): boolean {
	let current = value;
	for (const key of path) {
		if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return false;
		current = (current as Readonly<Record<string | number, unknown>>)[key];
	}
	return true;
}

/** null: the file as it stands without any of them. Throws `invalid_request` where it has no such environment. */
export function selectEnvironment(file: ParsedFile, name: string | null): ParsedFile {
	if (!isFields(file.value)) throw invalid('document', 'The file must hold names with values at its top level.');
	const { [PART]: environments, ...rest } = file.value;
	if (environments !== undefined && !isFields(environments))
		throw faultAt(file, [PART], 'expected environments by name.');
	if (name === null) return { ...file, value: rest };
	const chosen = environments && Object.hasOwn(environments, name) ? environments[name] : undefined;
	if (!isFields(chosen)) {
		const known = Object.keys(environments ?? {});
		const list = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none';
		throw invalid('environment', `The file has no environment '${name}'; ${list}.`);
	}
	return {
		value: merged(rest, chosen),
		lineOf: (path) => file.lineOf(has(chosen, path) ? [PART, name, ...path] : path),
	};
}
