/** Schemas as the JSON they are sent as. */
import { invalid } from '../errors';

/** Empty for what JSON leaves out. Throws `invalid_request` naming `param` where it is nested too deeply to be written. */
export function jsonText(value: unknown, param: string): string {
	try {
		return JSON.stringify(value) ?? '';
	} catch {
		throw invalid(param, `${param}: holds JSON that is nested too deeply, or refers to itself.`);
	}
}
