/**
 * JSON with values that are the caller's or the model's own, such as the arguments of tools. Integers that JavaScript
 * would round (ids of databases) are marked strings in between; only `exactText` writes them as numbers again.
 */

/** A control character ahead of it, so that no sensible text begins alike. */
const MARK = '\u0000integer:';
const WRITTEN_MARK = JSON.stringify(MARK).slice(1, -1);

/** JavaScript holds every integer of fewer digits. */
const MAYBE_WIDE = /\d{16}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WIDE = /^-?[1-9]\d{15,}$/;
/** A value, not a key nor a piece of a text: those have other neighbours. */
const MARKED = new RegExp(`(?<=^|[[,:])"${WRITTEN_MARK.replace('\\', '\\\\')}(-?\\d+)"(?=[,}\\]]|$)`, 'g');
/** What JSON writes half a surrogate pair as; providers refuse it. */
const MAYBE_LONE = /\\ud[89a-f]/;

/** Undefined where the text is no JSON. Never throws. */
export function exactJson(text: string): unknown {
	try {
		return JSON.parse(MAYBE_WIDE.test(text) ? marked(text) : text);
	} catch {
		return undefined;
	}
}

/** The value as JSON, with U+FFFD for half a surrogate pair. */
export function exactText(value: unknown): string {
	const text = JSON.stringify(value);
	const whole = MAYBE_LONE.test(text) ? JSON.stringify(value, wellFormed) : text;
	return whole.includes(WRITTEN_MARK) ? whole.replace(MARKED, '$1') : whole;
}

const wellFormed = (_key: string, value: unknown): unknown =>
	typeof value === 'string' ? value.toWellFormed() : value;

/** The same JSON with wide integers as marked strings; linear, whatever stands in its texts. */
function marked(json: string): string {
	let made = '';
	let at = 0;
	while (at < json.length) {
		const quote = json.indexOf('"', at);
		const outside = quote < 0 ? json.slice(at) : json.slice(at, quote);
		made += MAYBE_WIDE.test(outside) ? outside.replace(NUMBER, (number) => markedNumber(number)) : outside;
		if (quote < 0) break;
		at = endOfText(json, quote);
		made += json.slice(quote, at);
	}
	return made;
}

const markedNumber = (number: string): string =>
	WIDE.test(number) && !Number.isSafeInteger(Number(number)) ? JSON.stringify(MARK + number) : number;

/** Index behind the closing quote. */
function endOfText(json: string, quote: number): number {
	for (let end = json.indexOf('"', quote + 1); end >= 0; end = json.indexOf('"', end + 1)) {
		let escapes = 0;
		while (json[end - 1 - escapes] === '\\') escapes++;
		if (escapes % 2 === 0) return end + 1;
	}
	return json.length;
}
