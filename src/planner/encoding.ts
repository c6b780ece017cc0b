/** A tokenizer's byte-pair encoding, as counting and planning use it: numbers of tokens, never the tokens. */

export const ENCODINGS = ['o200k_base', 'cl100k_base'] as const;
export type EncodingName = (typeof ENCODINGS)[number];

export interface Encoding {
	readonly name: EncodingName;
	/** Tokens of a text; special tokens count as the text they are, a lone surrogate as U+FFFD. */
	count(text: string): number;
	/**
	 * Where the longest head of at most `tokens` tokens ends that the text can be cut after (UTF-16 units; never within a
	 * pair), read from the front alone.
	 */
	headEnd(text: string, tokens: number): number;
	/** Where the longest such tail begins, read from the end alone, to within a piece of 1,024 units. */
	tailStart(text: string, tokens: number): number;
}

/** Where encodings come from: their ranks are big, and loaded on first need. */
export interface EncodingPort {
	/** null: its ranks can't be had; then lengths alone decide. Never rejects. */
	load(name: EncodingName): Promise<Encoding | null>;
}
