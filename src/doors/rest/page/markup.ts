/** HTML in which everything is escaped but what was made here. */

export interface Markup {
	readonly markup: string;
}

type Part = Markup | string | number | null | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function written(part: Part): string {
	if (part === null) return '';
	if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
	return 'markup' in part ? part.markup : part.map(written).join('');
}

/** A template whose values are escaped, unless they are markup themselves; null is nothing. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
	markup: strings.reduce((text, string, at) => text + written(parts[at - 1] ?? null) + string),
});

/** `code` between backticks, paragraphs between empty lines. */
export const prose = (text: string): readonly Markup[] =>
	text.split(/\n{2,}/).map((paragraph) => html`<p>${inline(paragraph)}</p>`);

/** `code` between backticks. */
export const inline = (text: string): readonly Markup[] =>
	text.split('`').map((piece, at) => (at % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`));
