/** Plain data as YAML: a value a line, text of several lines as a block, quotes only where it would be misread. */

/** What no line shows: it is written as an escape, within quotes. */
const UNPRINTABLE = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/u;

/** What ends plain text or means something else in it. */
const MARKED = /[\t\n]|:(?:\s|$)|\s#|\s$/;

/** Words of YAML 1.2, and of 1.1, which others read still. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

const isPlain = (text: string): boolean =>
	/^[\p{L}_/(]/u.test(text) && !MARKED.test(text) && !UNPRINTABLE.test(text) && !WORD.test(text);

const lineText = (text: string): string => (isPlain(text) ? text : JSON.stringify(text));

/** Lines of nothing but spaces at the end are taken for a block's by some readers, for none of it by others. */
const isBlock = (text: string): boolean =>
	text.includes('\n') &&
	/\S/.test(text) &&
	!UNPRINTABLE.test(text) &&
	!/\n[ \t]/.test(text.slice(text.trimEnd().length));

function blockText(text: string, indent: string): string {
	// Spaces ahead of the first word would count as its indentation.
	const width = /^\n* /.test(text) ? '2' : '';
	const ended = text.endsWith('\n') ? '' : '-';
	const lines = (ended ? text : text.slice(0, -1)).split('\n').map((line) => (line && `\n${indent}${line}`) || '\n');
	return `|${width}${text.endsWith('\n\n') ? '+' : ended}${lines.join('')}`;
}

function scalarText(value: unknown, indent: string): string {
	if (typeof value !== 'string') return JSON.stringify(value);
	return isBlock(value) ? blockText(value, indent) : lineText(value);
}

const isFilled = (value: unknown): value is object =>
	typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** The first entry follows where this is written, each other stands on a line of its own at `indent`. */
function entriesText(value: object, indent: string): string {
	const deeper = `${indent}  `;
	const nested = (inner: unknown, lead: string): string =>
		isFilled(inner) ? lead + entriesText(inner, deeper) : ` ${scalarText(inner, deeper)}`;
	const entries = Array.isArray(value)
		? value.map((item) => `-${nested(item, ' ')}`)
		: Object.entries(value).map(([name, inner]) => `${lineText(name)}:${nested(inner, `\n${deeper}`)}`);
	return entries.join(`\n${indent}`);
}

/** Of what JSON would say. What reads it as YAML 1.2 has the same again. */
export function yamlText(value: object): string {
	const said: unknown = JSON.parse(JSON.stringify(value));
	return `${isFilled(said) ? entriesText(said, '') : JSON.stringify(said)}\n`;
}
