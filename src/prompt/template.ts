/** Text with placeholders, taken apart. */

export interface Slot {
	readonly slot: string;
	/** As it was written. */
	readonly text: string;
}

/** A `{{` that begins no placeholder. */
export interface Broken {
	readonly broken: 'unclosed' | 'name';
	/** What stands there, at most 40 characters of it. */
	readonly text: string;
}

export type Piece = string | Slot | Broken;

/** At most 64 characters. */
const PLACEHOLDER = /\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]{0,63})[ \t]*\}\}/y;
const OPENING = /\\?\{\{/g;
const SHOWN = 40;

/** The pieces in order; an escaped `\{{` is part of its neighbours. */
export function piecesOf(text: string): Piece[] {
	const pieces: Piece[] = [];
	let literal = '';
	let from = 0;
	const push = (piece: Slot | Broken): void => {
		if (literal !== '') pieces.push(literal);
		literal = '';
		pieces.push(piece);
	};
	for (const { 0: opening, index } of text.matchAll(OPENING)) {
		literal += text.slice(from, index);
		if (opening.startsWith('\\')) {
			literal += '{{';
			from = index + opening.length;
			continue;
		}
		PLACEHOLDER.lastIndex = index;
		const [written, name] = PLACEHOLDER.exec(text) ?? [];
		if (written !== undefined && name !== undefined) push({ slot: name, text: written });
		else push({ broken: text.includes('}}', index) ? 'name' : 'unclosed', text: text.slice(index, index + SHOWN) });
		from = index + (written?.length ?? opening.length);
	}
	literal += text.slice(from);
	if (literal !== '') pieces.push(literal);
	return pieces;
}
