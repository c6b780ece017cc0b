import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/language/message';
import { planRequest } from '../../src/planner/plan';
import type { PlanTerms } from '../../src/planner/planning';
import {
	type Beginning,
	beginningOf,
	endOf,
	lookedFor,
	messagesBetween,
	mostOf,
	noteOf,
	roomBeside,
	runsOf,
	withNote,
} from '../../src/planner/summarize';
import { lengthCounter as counter } from '../support/length-counter';

const say = (role: 'user' | 'assistant' | 'system', text: string, more: object = {}): Message => ({
	role,
	content: [{ type: 'text', text }],
	...more,
});
const words = (label: string, tokens: number): string => `${label} ${'x'.repeat(tokens * 4 - label.length - 5)}`;

/** `turns` exchanges of 200 tokens and the beginning of another. */
function talk(turns: number, from = 0): Message[] {
	const messages: Message[] = [];
	for (let turn = from; turn < from + turns; turn += 1)
		messages.push(say('user', words(`question ${turn}`, 96)), say('assistant', words(`answer ${turn}`, 96)));
	return messages;
}
const asking = (turns: number): Message[] => [...talk(turns), say('user', 'And now?')];

const round = (id: string, tokens: number): Message[] => [
	{ role: 'assistant', content: [{ type: 'tool-call', id, name: 'read', arguments: '{}' }] },
	{ role: 'tool', callId: id, content: [{ type: 'text', text: words(`result ${id}`, tokens) }] },
];

const termsOf = (messages: readonly Message[], limit: number, own: readonly Message[] = []): PlanTerms => ({
	counter,
	room: { window: limit + 200, inputLimit: null, reserve: 100, leastReserve: 100, safety: 100 },
	mode: 'summarize',
	places: new Map(messages.filter((message) => !own.includes(message)).map((message, place) => [message, place])),
});

function begun(messages: readonly Message[], limit = 2_000, own: readonly Message[] = []): Beginning | null {
	const terms = termsOf(messages, limit, own);
	const planned = planRequest({ messages }, terms);
	if (planned.kind !== 'fits') throw new Error(planned.message);
	return beginningOf({ messages }, planned.receipt, terms);
}

const chosen = (messages: readonly Message[], limit = 2_000, own: readonly Message[] = []): readonly Message[] => {
	const beginning = begun(messages, limit, own);
	if (!beginning) return [];
	return messagesBetween(beginning, 0, endOf(beginning, 0) ?? -1);
};

describe('what a summary is written of', () => {
	it('is nothing where nothing would be dropped', () => {
		expect(begun(asking(9))).toBeNull();
	});

	it('is whole exchanges from the beginning, so much that 60 % of the limit at most is left', () => {
		const messages = asking(20);
		const gone = chosen(messages);
		expect(gone).toEqual(messages.slice(0, gone.length));
		expect(gone.length % 2).toBe(0);
		const left = counter.total(messages.slice(gone.length));
		expect(left + mostOf(2_000)).toBeLessThanOrEqual(1_200);
		expect(left).toBeGreaterThan(400);
	});

	it('leaves out system messages, pinned ones with their partners, the gateway’s own and the last user turn', () => {
		const system = say('system', 'Be brief.');
		const prompt = say('user', 'An example of the prompt.');
		const pinned = say('user', words('keep me', 96), { pinned: true });
		const [call, result] = round('c1', 96);
		if (!call || !result) throw new Error('no round');
		const kept = { ...result, pinned: true };
		const messages = [system, prompt, ...talk(2), pinned, say('assistant', 'Kept.'), call, kept, ...talk(20, 2)];
		messages.push(say('system', 'Later.'), say('user', 'And now?'), say('assistant', 'Well'));
		const gone = new Set(chosen(messages, 2_400, [prompt]));
		expect(gone.size).toBeGreaterThan(10);
		for (const message of [system, prompt, pinned, call, kept, ...messages.slice(-3)])
			expect(gone.has(message)).toBe(false);
	});

	it('is of no higher priority than what would have to go', () => {
		const low = talk(8).map((message) => ({ ...message, priority: -5 }));
		const high = talk(3, 20).map((message) => ({ ...message, priority: 5 }));
		const messages = [...high, ...low, ...asking(4)];
		const gone = chosen(messages);
		expect(gone.length).toBeGreaterThan(0);
		expect(gone.every((message) => message.priority === -5)).toBe(true);
		const more = chosen([...high, ...low, ...asking(12)]);
		expect(more.some(({ priority }) => priority === undefined)).toBe(true);
		expect(more.some(({ priority }) => priority === 5)).toBe(false);
	});

	it('is rounds of the exchange in progress where even those would go, but never the newest', () => {
		const rounds = Array.from({ length: 30 }, (_, at) => round(`c${at}`, 150)).flat();
		const messages = [...talk(3), say('user', 'Do it.'), ...rounds];
		const gone = chosen(messages);
		expect(gone.slice(0, 6)).toEqual(messages.slice(0, 6));
		expect(gone).toContain(messages[7]);
		expect(gone).not.toContain(messages[6]);
		expect(gone).not.toContain(messages.at(-1));
		const left = messages.filter((message) => !gone.includes(message));
		for (const message of left)
			if (message.role === 'tool')
				expect(left.some(({ content }) => content.some((part) => 'id' in part && part.id === message.callId))).toBe(
					true,
				);
	});

	it('is nothing where it would be no shorter', () => {
		const messages = [say('user', 'Hi'), say('assistant', 'Hello.'), say('user', words('all of it', 1_970))];
		expect(begun([...messages.slice(0, 2), ...messages], 1_990)).toBeNull();
	});

	it('frees two thirds of the rest where what must stay takes most of the limit', () => {
		const big = say('system', words('rules', 1_400));
		const messages = [big, ...asking(6)];
		const beginning = begun(messages);
		expect(beginning?.target).toBeLessThan(2_000 - (2_000 - 1_400) / 2);
		expect(chosen(messages).length).toBeGreaterThan(2);
	});
});

describe('where a summary ends', () => {
	/** Texts of all stretches up to the end: what the name is made of. */
	const named = ({ stretches }: Beginning, end: number): string =>
		stretches
			.slice(0, end + 1)
			.map(({ text }) => text)
			.join('\n');

	it('is found again as the conversation grows, until it is too short to serve', () => {
		let name: string | null = null;
		let written = 0;
		for (let turns = 10; turns < 40; turns += 1) {
			const beginning = begun(asking(turns));
			if (!beginning) continue;
			const known = lookedFor(beginning).find((at) => named(beginning, at) === name);
			const left = known === undefined ? Number.POSITIVE_INFINITY : (beginning.stretches[known]?.left ?? 0);
			if (left + beginning.most <= 2_000) continue;
			expect(known !== undefined || written === 0).toBe(true);
			const end = endOf(beginning, (known ?? -1) + 1);
			name = named(beginning, end ?? -1);
			written += 1;
		}
		expect(written).toBeGreaterThan(2);
		expect(written).toBeLessThanOrEqual(10);
	});

	it('is looked for in ten places at most, the longest first', () => {
		const beginning = begun(asking(300));
		if (!beginning) throw new Error('nothing to summarise');
		const places = lookedFor(beginning);
		expect(places.length).toBeLessThanOrEqual(10);
		expect(places[0]).toBe(beginning.stretches.length - 1);
		expect(places).toEqual([...places].sort((left, right) => right - left));
	});

	it('is at the same places for a larger model, as far as that has any', () => {
		const small = begun(asking(100), 2_000);
		const large = begun(asking(100), 8_000);
		const ends = (beginning: Beginning | null) =>
			new Set(beginning?.stretches.flatMap(({ usual }, at) => (usual ? named(beginning, at).length : [])));
		expect(ends(large).size).toBeGreaterThan(2);
		for (const end of ends(large)) expect(ends(small).has(end)).toBe(true);
	});

	it('leaves room for its note, and everything that must stay, in any conversation', () => {
		const exchange = fc.record({
			question: fc.integer({ min: 20, max: 400 }),
			answer: fc.integer({ min: 20, max: 400 }),
			priority: fc.integer({ min: -1, max: 1 }),
			pinned: fc.integer({ min: 0, max: 7 }).map((chance) => chance === 0),
		});
		let summarised = 0;
		fc.assert(
			fc.property(fc.array(exchange, { maxLength: 60 }), fc.integer({ min: 900, max: 4_000 }), (all, limit) => {
				const messages = all.flatMap(({ question, answer, priority, pinned }, at): Message[] => [
					say('user', words(`question ${at}`, question), { priority }),
					say('assistant', words(`answer ${at}`, answer), { pinned }),
				]);
				summarised += checked([...messages, say('user', 'And now?')], limit);
			}),
		);
		expect(summarised).toBeGreaterThan(20);
	});

	/** 1: a summary has been put in its place. */
	function checked(messages: readonly Message[], limit: number): 0 | 1 {
		const terms = termsOf(messages, limit);
		const planned = planRequest({ messages }, terms);
		const beginning = planned.kind === 'fits' ? beginningOf({ messages }, planned.receipt, terms) : null;
		if (!beginning) return 0;
		const end = endOf(beginning, 0) ?? -1;
		const gone = new Set(messagesBetween(beginning, 0, end));
		const left = messages.filter((message) => !gone.has(message));
		expect(left.length + gone.size).toBe(messages.length);
		expect(beginning.stretches[end]?.left).toBeCloseTo(counter.total(left));
		expect(left).toEqual(expect.arrayContaining(messages.filter(({ pinned }) => pinned)));
		expect(left.at(-1)).toBe(messages.at(-1));
		const room = roomBeside(terms.room, beginning.most);
		if (planRequest({ messages: left }, { ...terms, room }).kind === 'too-long') return 0;
		const note = noteOf('x'.repeat(beginning.most * 4), gone.size);
		const again = planRequest(withNote({ messages }, note, gone), terms);
		expect(again.kind === 'fits' && again.request.messages.includes(note)).toBe(true);
		return 1;
	}
});

describe('the note in its place', () => {
	it('stands after the system messages that begin the conversation, ahead of what is left', () => {
		const [one, two, three] = [say('system', 'a'), say('system', 'b'), say('user', 'c')];
		const late = say('system', 'd');
		const note = noteOf('The user said hello.', 2);
		const messages = [one, two, say('user', 'x'), three, late];
		const gone = new Set(messages.slice(2, 3));
		expect(withNote({ messages }, note, gone).messages).toEqual([one, two, note, three, late]);
		expect(withNote({ messages: [one] }, note, new Set()).messages).toEqual([one, note]);
		expect(note).toEqual({
			role: 'user',
			pinned: true,
			content: [
				{
					type: 'text',
					text: '[Summary of the earlier part of this conversation, 2 messages]\nThe user said hello.',
				},
			],
		});
	});

	it('says what it stands for in runs of the caller’s own places', () => {
		const messages = asking(4);
		const terms = termsOf(messages, 1_000);
		const gone = messages.filter((_, at) => at !== 2 && at < 6);
		const each = counter.message(messages[0] ?? say('user', ''));
		expect(runsOf([...gone].reverse(), terms)).toEqual([
			{ first: 0, last: 1, tokens: 2 * each },
			{ first: 3, last: 5, tokens: 3 * each },
		]);
	});
});
