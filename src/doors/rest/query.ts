/** Query parameters as an object for a strict schema. */
import { invalid } from '../../errors';
import type { HttpContext } from '../../http/context';

/** Throws `invalid_request` where one is given twice: which of them counts is nobody's guess. */
export function queryOf(c: HttpContext): Readonly<Record<string, string>> {
	const given = [...new URL(c.req.url).searchParams];
	const names = new Set<string>();
	for (const [name] of given) {
		if (names.has(name)) throw invalid(name, `${name}: given twice. Send it once.`);
		names.add(name);
	}
	return Object.fromEntries(given);
}
