/** Encodings that make a token of every four UTF-16 units, so that a test of the path can reckon. */
import type { Encoding, EncodingName, EncodingPort } from '../../src/planner/encoding';

export const UNITS = 4;

const unitEncoding = (name: EncodingName): Encoding => ({
	name,
	count: (text) => Math.ceil(text.length / UNITS),
	headEnd: (text, tokens) => Math.max(0, Math.min(text.length, Math.floor(tokens) * UNITS)),
	tailStart: (text, tokens) => Math.max(0, text.length - Math.floor(tokens) * UNITS),
});

export interface UnitEncodings extends EncodingPort {
	/** What was asked for, in order. */
	readonly loaded: EncodingName[];
}

/** Loaded on first need, as the Worker's are. */
export function unitEncodings(): UnitEncodings {
	const loaded: EncodingName[] = [];
	return {
		loaded,
		load: async (name) => {
			loaded.push(name);
			return unitEncoding(name);
		},
	};
}

/** Whoever counts fails: lengths alone are to decide. */
export const noEncodings: EncodingPort = {
	load: () => {
		throw new Error('an encoding was loaded');
	},
};

/** Their ranks can't be had. */
export const lostEncodings: EncodingPort = { load: async () => null };

/** A text of so many of these tokens. */
export const textOf = (tokens: number, word = 'abc '): string => word.repeat(tokens);
