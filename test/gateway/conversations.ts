/** Conversations whose length a test can reckon, by the encodings of `unit-encoding`, and models that are too small for them. */
import type { Snapshot, SourcedContext } from '../../src/gateway/ports';
import type { ContextPolicy } from '../../src/language/context';
import type { Message } from '../../src/language/message';
import type { RoutingPolicy } from '../../src/language/routing';
import { type Script, sentJson, type World } from '../support/scripted-gateway';
import { textOf } from '../support/unit-encoding';
import { choiceOf, routingOf } from './snapshots';

export const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
export const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });
export const system = (text: string): Message => ({ role: 'system', content: [{ type: 'text', text }] });

/** So many exchanges of some 2,010 tokens each, and a last question. */
export const exchanges = (count: number): Message[] => [
	...Array.from({ length: count }, (_, at) => [
		user(`Q${at} ${textOf(1_000)}`),
		assistant(`A${at} ${textOf(1_000)}`),
	]).flat(),
	user('And now?'),
];

export const contextOf = (policy: ContextPolicy, origin: 'organization' | 'agent' = 'organization'): SourcedContext =>
	Object.fromEntries(Object.entries(policy).map(([field, value]) => [field, { value, origin }]));

export const within = (
	policy: ContextPolicy,
	routing: RoutingPolicy = {},
	snapshot: Partial<Snapshot> = {},
): Partial<Snapshot> => ({
	defaultChoice: { ...choiceOf('openai/gpt-test'), context: contextOf(policy), routing: routingOf(routing) },
	...snapshot,
});

/** Most that fits beside an answer of 100 is 7,955 tokens: three exchanges and the last question. */
export const NARROW = { contextWindow: 8_192, maxOutput: 2_048 };

const WINDOWS: Readonly<Record<string, number>> = { wide: 200_000, middle: 12_000, narrow: 8_192, tiny: 2_048 };

/** By a model's name. */
export const windows = (model: string) => ({ contextWindow: WINDOWS[model] ?? NARROW.contextWindow });

/** The first word of each message that was sent. */
export const heads = (w: World, call = 0): string[] =>
	((sentJson(w.sent[call]).messages ?? []) as { content: unknown }[]).map(({ content }) => {
		const text = typeof content === 'string' ? content : JSON.stringify(content);
		return text.split(' ', 1)[0] ?? '';
	});

/** No upstream is to be called. */
export const never: Script = () => {
	throw new Error('an upstream was called');
};

/** As OpenAI says it. */
export const tooLong =
	(message = 'Your prompt is too long'): Script =>
	() =>
		Response.json(
			{ error: { message, type: 'invalid_request_error', code: 'context_length_exceeded' } },
			{ status: 400, headers: { 'x-should-retry': 'false' } },
		);
