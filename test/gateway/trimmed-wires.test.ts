import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/catalog/facts';
import { wireRequestOf } from '../../src/gateway/wire-request';
import type { Message } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { counterFor, countMemo } from '../../src/planner/count';
import { planRequest } from '../../src/planner/plan';
import { beginningOf, messagesBetween, noteOf, withNote } from '../../src/planner/summarize';
import { providers, wires } from '../../src/providers';
import type { Provider, WireId } from '../../src/providers/provider';
import { wireChoice } from '../../src/providers/wire-choice';
import { type Conversation, conversations } from '../support/conversations';
import { encodingNamed } from '../support/encodings';
import { FACTS } from '../support/scripted-gateway';

const factsOf = (provider: string): ModelFacts => ({
	...FACTS,
	provider,
	model: 'small',
	contextWindow: 100_000,
	maxOutput: 100,
});

type Body = Record<string, unknown>;
type Turn = { readonly role: string; readonly content?: unknown; readonly parts?: unknown } & Body;

/** What the wire makes of it; null: it refuses. */
function sentAs(provider: Provider, request: ChatRequest): { readonly wire: WireId; readonly body: Body } | null {
	const { wire, quirks } = wireChoice(provider, 'small', request);
	const target = { provider, name: `${provider.id}/small`, model: 'small', upstreamModel: 'small' };
	const facts = factsOf(provider.id);
	try {
		const addressee = {
			target: { ...target, facts } as never,
			wire: wires[wire],
			quirks,
			stream: false,
			firstMessage: 0,
		};
		return { wire, body: JSON.parse(wireRequestOf(request, addressee).body) };
	} catch {
		return null;
	}
}

const list = (value: unknown): readonly Body[] => (Array.isArray(value) ? value : []);

/** Of the protocols whose turns are blocks: whose turn, with the ids it calls and answers. */
interface Block {
	readonly role: string;
	readonly calls: readonly unknown[];
	readonly results: readonly unknown[];
}

function blocksOf(wire: WireId, body: Body): readonly Block[] {
	const turns = list(body.messages ?? body.contents ?? []) as readonly Turn[];
	return turns.map((turn) => {
		const parts = list(turn.parts ?? turn.content);
		const own = turn.role === 'tool' ? [turn.tool_call_id ?? turn.tool_name ?? ''] : [];
		return {
			role: turn.role,
			calls: [
				...parts.flatMap((part) => idOf(wire, part, ['tool_use', 'toolUse', 'functionCall'])),
				...list(turn.tool_calls).map(({ id }) => id ?? ''),
			],
			results: [
				...parts.flatMap((part) => idOf(wire, part, ['tool_result', 'toolResult', 'functionResponse'])),
				...own,
			],
		};
	});
}

function idOf(wire: WireId, part: Body, kinds: readonly string[]): unknown[] {
	if (typeof part.type === 'string' && kinds.includes(part.type)) return [part.id ?? part.tool_use_id];
	const inner = kinds.map((kind) => part[kind]).find((one) => one !== undefined) as Body | undefined;
	if (inner === undefined) return [];
	return [wire === 'google-generate' ? inner.name : inner.toolUseId];
}

/** Each as often as it stands there. */
function without(open: readonly unknown[], results: readonly unknown[]): readonly unknown[] {
	const left = [...open];
	for (const id of results) if (left.includes(id)) left.splice(left.indexOf(id), 1);
	return left;
}

/** What upstreams refuse of the order of turns; by name. */
function faults(wire: WireId, body: Body): ReadonlySet<string> {
	const found = new Set<string>();
	const blocks = blocksOf(wire, body).filter(({ role }) => role !== 'system' && role !== 'developer');
	const answersInUser = ['anthropic-messages', 'bedrock-converse', 'google-generate'].includes(wire);
	if (blocks.length === 0) found.add('empty');
	if (blocks[0] && blocks[0].role !== 'user') found.add('begins with another than the user');
	let open: readonly unknown[] = [];
	for (const [at, { role, calls, results }] of blocks.entries()) {
		if (answersInUser && blocks[at - 1]?.role === role) found.add('two turns of one role');
		if (results.some((id) => !open.includes(id))) found.add('a result without its call');
		open = without(open, results);
		if (open.length > 0 && (answersInUser || results.length === 0)) found.add('a call without its result');
		if (calls.length > 0) open = calls;
	}
	if (open.length > 0) found.add('a call without its result');
	return found;
}

interface Case {
	readonly conversation: Conversation;
	readonly share: number;
}

const words = fc.integer({ min: 1, max: 900 }).map((count) => 'word '.repeat(count));
const marks = fc.oneof(
	{ weight: 6, arbitrary: fc.constant({}) },
	{ weight: 1, arbitrary: fc.constant({ pinned: true }) },
	{ weight: 1, arbitrary: fc.constantFrom(-2, 2).map((priority) => ({ priority })) },
);
const signature = fc.constantFrom(undefined, 'c2lnbg==', 'google:c2lnbg==');

const turns = fc.array(
	fc.record({
		question: words,
		images: fc.constantFrom(0, 0, 0, 2),
		/** Results of each round of calls. */
		rounds: fc.array(fc.array(words, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
		signature,
		answer: fc.option(words),
		instruction: fc.option(words, { freq: 9 }),
		marks: fc.array(marks, { minLength: 16, maxLength: 16 }),
	}),
	{ minLength: 2, maxLength: 6 },
);
type Exchange = typeof turns extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

const text = (value: string) => ({ type: 'text' as const, text: value });

/** As any wire takes it: every call answered at once, under an id of its own. */
function orderly(exchanges: readonly Exchange[], again: boolean): Conversation {
	const messages: Message[] = [];
	let calls = 0;
	for (const { question, images, rounds, signature, answer, instruction, marks } of exchanges) {
		let next = 0;
		const mark = () => marks[next++] ?? {};
		const pictures = Array(images).fill({ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } });
		if (instruction !== null) messages.push({ role: 'system', content: [text(instruction)] });
		messages.push({ role: 'user', content: [text(question), ...pictures], ...mark() });
		for (const results of rounds) {
			const ids = results.map((_, at) => `call-${again ? at : calls + at}`);
			calls += results.length;
			const thought = signature === undefined ? [] : [{ type: 'reasoning' as const, text: 'Hm.', signature }];
			const asked = ids.map((id) => ({ type: 'tool-call' as const, id, name: 'look', arguments: '{"at":1}' }));
			messages.push({ role: 'assistant', content: [...thought, ...asked], ...mark() });
			for (const [at, result] of results.entries())
				messages.push({ role: 'tool', callId: ids[at] ?? '', content: [text(result)], ...mark() });
		}
		if (answer !== null) messages.push({ role: 'assistant', content: [text(answer)], ...mark() });
	}
	const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }];
	return { messages, places: new Map(messages.map((message, place) => [message, place])), tools };
}

const cases: fc.Arbitrary<Case> = fc.record({
	conversation: fc.oneof(
		{ weight: 4, arbitrary: fc.tuple(turns, fc.boolean()).map(([exchanges, again]) => orderly(exchanges, again)) },
		{ weight: 1, arbitrary: conversations(fc.constant(12_000)) },
	),
	share: fc.noBias(fc.integer({ min: 5, max: 95 })).map((percent) => percent / 100),
});

/** Planned for a part of what it counts, and with a note in the place of its beginning; null: nothing of it may go. */
function shorter({ conversation, share }: Case): readonly ChatRequest[] {
	const { messages, places, tools } = conversation;
	const request: ChatRequest = { messages, maxTokens: 100, ...(tools.length > 0 && { tools }) };
	const facts = factsOf('any');
	const counter = counterFor(request, {
		facts,
		encoding: encodingNamed('o200k_base'),
		calibration: null,
		memo: countMemo(),
	});
	const window = Math.floor(counter.total(messages) * share) + 328;
	const room = { window, inputLimit: null, reserve: 100, leastReserve: 100, safety: 128 };
	const terms = { counter, room, mode: 'trim', places } as const;
	const result = planRequest(request, terms);
	if (result.kind !== 'fits' || result.request === request) return [];
	const beginning = beginningOf(request, result.receipt, terms);
	if (!beginning) return [result.request];
	const gone = new Set(messagesBetween(beginning, 0, beginning.stretches.length - 1));
	return [result.request, withNote(request, noteOf('They talked.', gone.size), gone)];
}

/** A last question of nothing is one only to whoever reads what came before. */
const asksLast = (messages: readonly Message[]): boolean =>
	messages
		.findLast(({ role }) => role === 'user')
		?.content.some((part) => part.type !== 'text' || part.text.trim() !== '') === true;

let trimmed = 0;

describe('what is left of a conversation', () => {
	it.each(Object.values(providers) as Provider[])('is taken by $id wherever all of it was', (provider) => {
		fc.assert(
			fc.property(cases, (one) => {
				const { messages, tools } = one.conversation;
				const whole = sentAs(provider, { messages, maxTokens: 100, ...(tools.length > 0 && { tools }) });
				if (whole === null || !asksLast(messages)) return;
				const allowed = faults(whole.wire, whole.body);
				for (const request of shorter(one)) {
					trimmed += 1;
					const sent = sentAs(provider, request);
					expect(sent, 'it is refused').not.toBeNull();
					if (sent) for (const fault of faults(sent.wire, sent.body)) expect([...allowed]).toContain(fault);
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('had no fault where the conversation is in order', () => {
		fc.assert(
			fc.property(turns, (exchanges) => {
				const { messages, tools } = orderly(exchanges, false);
				for (const provider of [providers.anthropic, providers.google, providers.mistral, providers.bedrock]) {
					const sent = sentAs(provider, { messages, maxTokens: 100, tools });
					expect(sent && [...faults(sent.wire, sent.body)]).toEqual(sent && []);
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('was met often enough', () => {
		expect(trimmed).toBeGreaterThan(1_000);
	});
});
