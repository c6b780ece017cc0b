/** The sections of a prompt as one text: what docs/prompts.md shows. */
import type { PromptSource } from './source';
import { type Piece, piecesOf } from './template';

const INSTRUCTIONS = '## Instructions';
const FORMAT = '## Output format';
const BETWEEN = '\n\n';

/** A section's own further lines stay within its list item; values are put in as they come. */
function item(text: string, at: number): Piece[] {
	const mark = `${at + 1}. `;
	const indented = text.replaceAll('\n', `\n${' '.repeat(mark.length)}`);
	return [mark, ...piecesOf(indented)];
}

function sectionsOf({ identity, system, instructions = [], format }: PromptSource): Piece[][] {
	const sections = [piecesOf(identity ?? ''), piecesOf(system ?? '')];
	if (instructions.length > 0) {
		const items = instructions.flatMap((text, at) => ['\n', ...item(text, at)]);
		sections.push([INSTRUCTIONS, '\n', ...items]);
	}
	if (!blank(format)) sections.push([FORMAT, BETWEEN, ...piecesOf(format ?? '')]);
	return sections;
}

const blank = (text: string | undefined): boolean => (text ?? '').trim() === '';
const says = (piece: Piece): boolean => typeof piece !== 'string' || !blank(piece);

/** A section alone is sent as it is written: a prompt of `system` only is that text. */
export function laidOut(source: PromptSource): Piece[] {
	const pieces: Piece[] = [];
	for (const section of sectionsOf(source)) {
		if (!section.some(says)) continue;
		if (pieces.length > 0) pieces.push(BETWEEN);
		pieces.push(...section);
	}
	return pieces;
}
