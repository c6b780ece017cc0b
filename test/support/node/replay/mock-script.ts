/** The scenarios as scripts of `mock/script`, which plays them inside the Worker: nothing is replayed behind it. */
import { type Failure, SAID, type Scenario, STATUS, TOKENS, WORDS } from './said';

/** The user's words for a scenario. */
export function scriptOf(scenario: Scenario): string {
	const { reasoning, text, calls = [] } = SAID[scenario];
	return JSON.stringify([
		...(reasoning ? [{ reasoning }] : []),
		...(text ? [{ text }] : []),
		...calls.map(({ id, name, args }) => ({ toolCall: { id, name, arguments: args } })),
		{ usage: { input: TOKENS.prompt, output: TOKENS.completion } },
		{ finish: calls.length > 0 ? 'tool-calls' : 'stop' },
	]);
}

export const failingScriptOf = (failure: Failure): string =>
	JSON.stringify([{ status: STATUS[failure], message: WORDS[failure] }]);
