/** What lines of models differ in; the API says nothing of it. Names as Google's model pages have them. */
import { matchesName } from '../../model-name';

export interface ModelLine {
	/** `systemInstruction`; else the instructions go ahead of the first user turn. */
	readonly system: boolean;
	/** Schemas as JSON Schema; else in the subset of OpenAPI's (`schema.ts`). */
	readonly jsonSchema: boolean;
	/** JSON output along with tools, as long as no call is forced. */
	readonly jsonWithTools: boolean;
	/** Function calls in the history are refused without their thought signature. */
	readonly signedCalls: boolean;
	/** Calls have ids, which results repeat. */
	readonly callIds: boolean;
	/** Media within a function response; else it follows as parts of its own. */
	readonly resultMedia: boolean;
	/** Function calling mode VALIDATED. */
	readonly validated: boolean;
	/** It fetches public https URLs (Google's blog, "Increased file size limits", January 2026). */
	readonly fetchesUrls: boolean;
}

const CURRENT: ModelLine = {
	system: true,
	jsonSchema: true,
	jsonWithTools: true,
	signedCalls: true,
	callIds: true,
	resultMedia: true,
	validated: true,
	fetchesUrls: true,
};
const GEMINI_2_5: ModelLine = {
	...CURRENT,
	jsonWithTools: false,
	signedCalls: false,
	callIds: false,
	resultMedia: false,
};
const GEMINI_2_0: ModelLine = { ...GEMINI_2_5, jsonSchema: false, validated: false, fetchesUrls: false };
const GEMMA: ModelLine = { ...GEMINI_2_0, system: false };

/** The first pattern that fits counts. What is newer than all of them is taken for the current line. */
const LINES: readonly (readonly [pattern: string, line: ModelLine])[] = [
	['gemma-*', GEMMA],
	['gemini-1*', GEMINI_2_0],
	['gemini-2.0*', GEMINI_2_0],
	['gemini-exp*', GEMINI_2_0],
	['gemini-pro', GEMINI_2_0],
	['learnlm-*', GEMINI_2_0],
	['gemini-2.5*', GEMINI_2_5],
	['gemini-robotics-er-1.5*', GEMINI_2_5],
];

export function lineOf(model: string): ModelLine {
	const name = model.replace(/^models\//, '').toLowerCase();
	return LINES.find(([pattern]) => matchesName(pattern, name))?.[1] ?? CURRENT;
}
