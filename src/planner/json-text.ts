/** Schemas as the JSON they are sent as. */
import { invalid } from '../errors';
import type { JsonSchema } from '../language/request';

/** Empty for what JSON leaves out. Throws `invalid_request` naming `param` where it is nested too deeply to be written. */
export function jsonText(value: unknown, param: string): string {
	try {
		return JSON.stringify(value) ?? '';
	} catch {
		throw invalid(param, `${param}: holds JSON that is nested too deeply, or refers to itself.`);
	}
}

/** What is said a second time of choices at a schema's root, as JSON within a description: Claude takes none there. */
export function choicesText({ anyOf, oneOf }: JsonSchema, param: string): string {
	const choices = [anyOf, oneOf].filter(Array.isArray);
	return choices.length > 0 ? jsonText(jsonText(choices, param), param) : '';
}
