/**
 * Bedrock's names: `<vendor>.<model>`, with a region before it (`eu.`, an inference profile that answers from there)
 * and a version behind (`-v1:0`), or all of that within an ARN.
 */
import type { Listed } from './alias';
import type { Row } from './table';

/** Two labels or three, of which the last begins with a letter: `qwen2.5-coder` and `gpt-4.1` are no such names. */
const VENDORED = /^(?:([a-z]{2,6}(?:-gov)?)\.)?([a-z][a-z0-9]*\.[a-z].*)$/;
/** Profiles with an id of their own (`application-inference-profile/…`) do not say what model they are of. */
const ARN = /^arn:aws[\w-]*:bedrock:[^/]*:(?:inference-profile|foundation-model)\/(.+)$/;
/** `-v1:0`, `:0`, `-1:0`, and a window behind it (`:0:200k`). */
const VERSION = /(?:-v1|-1(?=:))?(?::\d+)?(?::(?:\d+k|mm))?$/;
const REGIONS = new Set(['us', 'us-gov', 'eu', 'apac', 'global', 'jp', 'au', 'ca', 'sa', 'il', 'mx', 'me', 'af', 'uk']);
/** Those whose prices are the ones listed without a region. */
const BASE_PRICED = ['', 'us', 'global'];

interface Vendored {
	/** Empty: none. */
	readonly region: string;
	/** Without region and version. */
	readonly model: string;
}

/** null: not a name of that kind. */
export function vendored(name: string): Vendored | null {
	const [, first = '', rest = ''] = VENDORED.exec(ARN.exec(name)?.[1] ?? name) ?? [];
	if (rest === '') return null;
	const inRegion = REGIONS.has(first) && VENDORED.test(rest);
	const whole = inRegion || first === '' ? rest : `${first}.${rest}`;
	return { region: inRegion ? first : '', model: whole.replace(VERSION, '') };
}

/** The same model in the same region, else where it costs the same, else anywhere (then at an unknown price). */
export function findVendored(rows: ReadonlyMap<string, Row>, name: string): Listed | null {
	const asked = vendored(name);
	if (!asked) return null;
	const found = new Map<string, Row>();
	for (const [id, row] of rows) {
		const listed = vendored(id);
		if (listed?.model === asked.model && !found.has(listed.region)) found.set(listed.region, row);
	}
	for (const region of [asked.region, ...BASE_PRICED, ...found.keys()]) {
		const row = found.get(region);
		if (row) return { row, samePrice: region === asked.region || [region, asked.region].every(isBasePriced) };
	}
	return null;
}

const isBasePriced = (region: string): boolean => BASE_PRICED.includes(region);
