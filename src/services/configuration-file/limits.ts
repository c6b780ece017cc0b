/** What a configuration file may hold at most. */
import { type GatewayError, invalid } from '../../errors';

/** Characters. */
const MOST_TEXT = 512 * 1024;
/** Values once every alias is followed; a file that unfolds to more is no configuration. */
export const MOST_VALUES = 10_000;
/** A file of that many values has a few marks for each. */
const MOST_MARKS = 12 * MOST_VALUES;
export const MOST_DEPTH = 32;
/** Of one anchor. */
export const MOST_ALIASES = 100;

export const tooMany = (): GatewayError => invalid('document', `The file holds more than ${MOST_VALUES} values.`);

export const tooDeep = (): GatewayError =>
	invalid('document', `The file is nested more than ${MOST_DEPTH} levels deep.`);

/** Without one of these between two values there are no two values. */
const MARKS: ReadonlySet<number> = new Set(Array.from('\0\n\r,:[{&*!?-', (mark) => mark.charCodeAt(0)));

/** Before the text is parsed: half a million characters of marks alone take seconds and a hundred megabytes. */
export function checkText(text: string): void {
	if (text.length > MOST_TEXT) throw invalid('document', `The file has more than ${MOST_TEXT} characters.`);
	let marks = 0;
	for (let at = 0; at < text.length; at += 1) if (MARKS.has(text.charCodeAt(at))) marks += 1;
	if (marks > MOST_MARKS) throw tooMany();
}
