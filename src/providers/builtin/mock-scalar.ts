/** Strings and numbers that a JSON Schema allows. */
import type { Json } from '../wire/json';
import { matching } from './mock-pattern';

/** Longest string made, whatever `minLength` asks for. */
const MAX_LENGTH = 4096;

const two = (count: number): string => String(count).padStart(2, '0');

/** RFC 2606, 5737 and 3849 examples, told apart by `nth`. */
const FORMATS: Readonly<Record<string, (nth: number) => string>> = {
	'date-time': (nth) => `2026-01-${two((nth % 28) + 1)}T09:00:00Z`,
	date: (nth) => `2026-01-${two((nth % 28) + 1)}`,
	time: (nth) => `09:${two(nth % 60)}:00Z`,
	duration: (nth) => `P${nth + 1}D`,
	email: (nth) => `user${nth + 1}@example.com`,
	hostname: (nth) => `host${nth + 1}.example.com`,
	ipv4: (nth) => `192.0.2.${(nth % 254) + 1}`,
	ipv6: (nth) => `2001:db8::${(nth + 1).toString(16)}`,
	uri: (nth) => `https://example.com/${nth + 1}`,
	url: (nth) => `https://example.com/${nth + 1}`,
	'uri-reference': (nth) => `/${nth + 1}`,
	uuid: (nth) => `00000000-0000-4000-8000-${(nth + 1).toString(16).padStart(12, '0')}`,
	'json-pointer': (nth) => `/${nth}`,
};

/** By format, by pattern, else the property's name; then fitted to the lengths allowed. */
export function stringFor(schema: Json, name: string, nth: number): string {
	if (typeof schema.format === 'string' && Object.hasOwn(FORMATS, schema.format)) {
		const made = FORMATS[schema.format]?.(nth);
		if (made !== undefined) return made;
	}
	const patterned = typeof schema.pattern === 'string' ? matching(schema.pattern) : undefined;
	if (patterned !== undefined) return patterned;
	const most = typeof schema.maxLength === 'number' ? schema.maxLength : MAX_LENGTH;
	const least = Math.min(typeof schema.minLength === 'number' ? schema.minLength : 0, most, MAX_LENGTH);
	const suffix = nth === 0 ? '' : String(nth + 1);
	const base = [...name].slice(0, Math.max(0, most - suffix.length)).join('');
	return (base + suffix).padEnd(least, 'x').slice(0, most);
}

/** The lowest number from 1 upwards that keeps the bounds, or the highest below; `nth` steps further where it can. */
export function numberWithin(schema: Json, integer: boolean, nth: number): number {
	const of = (word: string) => (typeof schema[word] === 'number' ? schema[word] : undefined);
	const multiple = of('multipleOf') ?? 0;
	const step = multiple > 0 ? multiple : integer ? 1 : undefined;
	const least = lowest(of('minimum'), of('exclusiveMinimum'), step);
	const most = highest(of('maximum'), of('exclusiveMaximum'), step);
	if (step === undefined) return between(least, most, nth);
	const start = Math.max(Math.min(Math.ceil(1 / step) * step, most), least);
	const further = start + nth * step;
	return exact(further <= most ? further : start, step);
}

const LOWEST = Number.NEGATIVE_INFINITY;
const HIGHEST = Number.POSITIVE_INFINITY;

/** With a step, the lowest multiple allowed; without one an exclusive bound is approached by halves. */
function lowest(minimum = LOWEST, exclusive = LOWEST, step?: number): number {
	if (step === undefined) return Math.max(minimum, exclusive);
	const above = exclusive === LOWEST ? LOWEST : (Math.floor(exclusive / step) + 1) * step;
	return Math.max(minimum === LOWEST ? LOWEST : Math.ceil(minimum / step) * step, above);
}

function highest(maximum = HIGHEST, exclusive = HIGHEST, step?: number): number {
	if (step === undefined) return Math.min(maximum, exclusive);
	const below = exclusive === HIGHEST ? HIGHEST : (Math.ceil(exclusive / step) - 1) * step;
	return Math.min(maximum === HIGHEST ? HIGHEST : Math.floor(maximum / step) * step, below);
}

/** Strictly inside both bounds, so that it keeps exclusive ones too; on them where they meet. */
function between(least: number, most: number, nth: number): number {
	if (least === most) return least;
	if (least === LOWEST) return Math.min(1, most - 1) - (most === HIGHEST ? -nth : nth);
	if (most === HIGHEST) return Math.max(1, least + 1) + nth;
	return least + (most - least) / (nth + 2);
}

/** Without the dust of binary fractions: 0.1 × 3 is 0.3. */
function exact(value: number, step: number): number {
	const decimals = /\.(\d+)$/.exec(String(step))?.[1]?.length ?? 0;
	return decimals > 0 && Number.isFinite(value) ? Number(value.toFixed(decimals)) : value;
}
