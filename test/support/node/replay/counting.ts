/** Counts of tokens, for the protocols that have a call for it. */
import { type Answer, json, TOKENS } from './said';

const COUNTS: readonly (readonly [path: RegExp, body: object])[] = [
	[/\/messages\/count_tokens$/, { input_tokens: TOKENS.prompt }],
	[/:countTokens$/, { totalTokens: TOKENS.prompt }],
	[/\/responses\/input_tokens$/, { object: 'response.input_tokens', input_tokens: TOKENS.prompt }],
	[/\/count-tokens$/, { inputTokens: TOKENS.prompt }],
];

/** Null: the path asks for an answer. */
export function countOf(path: string): Answer | null {
	const found = COUNTS.find(([pattern]) => pattern.test(path));
	return found ? json(found[1]) : null;
}
