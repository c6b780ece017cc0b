/** What no planner likes to be given: answered in a moment, typed and with figures, or planned like all else. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { typed } from './context-doors';
import { agreed, type Member, openStage, type Stage } from './context-stage';
import { placesIn, talk } from './context-turns';
import { newRequestId } from './session';

let stage: Stage;
let member: Member;

const SMALL = 'openai/gpt-4o-w4000';
const LARGE = 'openai/gpt-4o-w60000';
const CLAUDE = 'anthropic/claude-haiku-4-5-w6000-r120';
const MOCK = 'mock/echo';

beforeAll(async () => {
	stage = await openStage();
	member = await stage.member({
		[SMALL]: { maxOutput: 1_000 },
		[LARGE]: { maxOutput: 1_000 },
		[CLAUDE]: { maxOutput: 1_000 },
		[MOCK]: { contextWindow: 4_000, maxOutput: 1_000 },
	});
}, 90_000);
afterAll(() => stage?.close());

type Body = Readonly<Record<string, unknown>>;

interface Answer {
	readonly status: number;
	/** Of OpenAI's door and the typed API. */
	readonly code: string | null;
	readonly message: string;
	readonly param: string | null;
	readonly context: string | null;
	readonly body: Body;
	/** Chats that reached the upstream. */
	readonly calls: number;
}

type DoorName = 'openai' | 'anthropic' | 'typed';
const PATHS: Readonly<Record<DoorName, string>> = {
	openai: '/v1/chat/completions',
	anthropic: '/v1/messages',
	typed: '/trpc/chat',
};
const NAMES = ['openai', 'anthropic', 'typed'] as const;

interface Failure {
	readonly code?: string;
	readonly message?: string;
	readonly param?: string | null;
	readonly data?: { readonly gateway?: { readonly code: string; readonly param: string | null } };
}

/** `body` as it is, also where it is text. */
async function send(door: DoorName, body: unknown, path = PATHS[door]): Promise<Answer> {
	const before = stage.upstream.calls.length;
	const response = await fetch(stage.platform.worker.origin + path, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${member.key}`,
			'content-type': 'application/json',
			'x-request-id': newRequestId(),
		},
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	const answer = (await response.json()) as Body & { readonly error?: Failure };
	const { error } = answer;
	const gateway = error?.data?.gateway;
	return {
		status: response.status,
		code: gateway?.code ?? error?.code ?? null,
		message: error?.message ?? '',
		param: gateway?.param ?? error?.param ?? null,
		context: response.headers.get('x-switchyard-context'),
		body: answer,
		calls: stage.upstream.calls.length - before,
	};
}

/** The same conversation of plain texts for each door. */
function said(door: DoorName, model: string, texts: readonly string[], more: Body = {}): Body {
	const last = texts.length - 1;
	const messages = texts.map((content, at) => ({ role: (last - at) % 2 === 0 ? 'user' : 'assistant', content }));
	return { model, messages, ...(door === 'anthropic' && { max_tokens: 100 }), ...more };
}

/** Refused by the gateway before anybody was asked. */
function refused(answer: Answer, code: string): void {
	const { status, calls } = answer;
	expect([status, calls]).toEqual([400, 0]);
	expect([code, null]).toContain(answer.code === 'context_length_exceeded' ? 'context_too_long' : answer.code);
	expect(answer.message.length).toBeLessThan(2_000);
}

const MEGABYTE = 1_000_000;
const prose = 'the quick brown fox jumps over the lazy dog and rests for a while ';
/** So many bytes of it. */
const long = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / Buffer.byteLength(text)));

/** Always the same letters, without a pattern. */
function random(length: number, alphabet: string): string {
	const letters = Buffer.alloc(length);
	for (let at = 0, state = 7; at < length; at += 1) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		letters[at] = alphabet.charCodeAt((state >> 8) % alphabet.length);
	}
	return letters.toString('latin1');
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

const HUGE: readonly (readonly [what: string, megabytes: number, text: (bytes: number) => string])[] = [
	['prose', 5, (bytes) => long(prose, bytes)],
	['one letter', 5, (bytes) => long('a', bytes)],
	['letters at random', 2, (bytes) => random(bytes, LETTERS)],
	['blanks', 1, (bytes) => long(' ', bytes)],
	['line ends', 1, (bytes) => long('\r\n', bytes)],
	['base64', 1, (bytes) => random(bytes, `${LETTERS}${LETTERS.toUpperCase()}0123456789+/`)],
	['Chinese', 1, (bytes) => long('北京的秋天很美银杏叶落满了街道', bytes)],
	['digits', 1, (bytes) => random(bytes, '0123456789')],
	['NULs', 0.5, (bytes) => long('\0', bytes)],
	['halves of pairs', 1, (bytes) => long('\ud83d', bytes)],
	['emoji', 1, (bytes) => long('👨‍👩‍👧‍👦', bytes)],
	['combining marks', 1, (bytes) => long('e\u0301\u0302\u0303\u0304', bytes)],
];

describe('one huge message', () => {
	it.each(HUGE)(
		'of %s (%d MB) is too long by its figures as the last, and dropped as an older one',
		async (what, megabytes, text) => {
			const huge = text(megabytes * MEGABYTE);
			const door = NAMES[HUGE.findIndex(([name]) => name === what) % NAMES.length] ?? 'openai';
			const answer = await send(door, said(door, SMALL, [huge]));
			refused(answer, 'context_too_long');
			expect(answer.message).toMatch(/messages\[0\] alone \d{4,}/);
			expect(['messages[0]', null]).toContain(answer.param);
			const older = await send(door, said(door, SMALL, [huge, 'I see.', 'Go on.']));
			expect(older).toMatchObject({ status: 200, calls: 1 });
			if (door !== 'typed') expect(older.context).toMatch(/dropped=2/);
			expect(stage.upstream.calls.at(-1)?.texts).toEqual(['Go on.']);
		},
	);

	it('of a tool result is cut to what fits', async () => {
		const messages = [
			{ role: 'user', content: 'Look.' },
			{ role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }] },
			{ role: 'tool', tool_call_id: 'a', content: long(prose, 5 * MEGABYTE) },
		];
		const tools = [{ type: 'function', function: { name: 'look' } }];
		const answer = await send('openai', { model: SMALL, messages, tools });
		expect(answer).toMatchObject({ status: 200, calls: 1 });
		const call = stage.upstream.calls.at(-1);
		expect(call?.texts[2]).toMatch(/^the quick .*\n\[… \d{6,} tokens left out …\]\n.* while $/s);
		expect((call?.prompt ?? 0) + (call?.maxTokens ?? 0)).toBeLessThanOrEqual(4_000);
	});

	it('is counted, and estimated, in one go', async () => {
		stage.upstream.counting = false;
		try {
			const texts = [long(prose, 5 * MEGABYTE)];
			const messages = await send('anthropic', said('anthropic', SMALL, texts), '/v1/messages/count_tokens');
			expect(messages.body).toEqual({ input_tokens: expect.any(Number), method: 'exact' });
			const counted = await send('typed', said('typed', SMALL, texts), '/trpc/tokens.count');
			const inputTokens = messages.body.input_tokens;
			expect(counted.body).toMatchObject({ result: { data: { method: 'exact', inputTokens } } });
			refused(await send('typed', said('typed', SMALL, texts), '/trpc/cost.estimate'), 'context_too_long');
		} finally {
			stage.upstream.counting = true;
		}
	});
});

describe('many messages', () => {
	const many = (count: number, text: string): string[] => Array.from({ length: count }, () => text);

	it.each([
		[20_000, 'Go on with it, please.', NAMES],
		[100_000, 'a', ['anthropic', 'typed']],
	] as const)('%i of them are planned in one go (%j)', async (count, text, doors) => {
		for (const door of doors) {
			const texts = many(count, text);
			texts[texts.length - 1] = 'And now?';
			const answer = await send(door, said(door, SMALL, texts));
			expect([door, answer.status, answer.message]).toEqual([door, 200, '']);
			expect(answer.calls).toBe(1);
			const call = stage.upstream.calls.at(-1);
			expect((call?.prompt ?? 0) + (call?.maxTokens ?? 0)).toBeLessThanOrEqual(4_000);
		}
	});

	it.each([
		['system', { role: 'system', content: 'Count.' }],
		['pinned', { role: 'user', content: 'Count.', switchyard: { pinned: true } }],
	])('100,000 %s ones are refused, since none may go', async (_, message) => {
		const messages = [...many(100_000, '').map(() => message), { role: 'user', content: 'And now?' }];
		refused(await send('openai', { model: SMALL, messages }), 'context_too_long');
	});

	it('20,000 rounds of tools, of which all but the newest may go', async () => {
		const messages: object[] = [{ role: 'user', content: 'Look.' }];
		for (let round = 0; round < 20_000; round += 1) {
			const called = { id: `c${round}`, type: 'function', function: { name: 'look', arguments: '{}' } };
			messages.push({ role: 'assistant', tool_calls: [called] });
			messages.push({ role: 'tool', tool_call_id: `c${round}`, content: `${round}` });
		}
		const tools = [{ type: 'function', function: { name: 'look' } }];
		for (const model of [SMALL, CLAUDE]) {
			const answer = await send('openai', { model, messages, tools });
			expect([answer.status, answer.message, answer.calls]).toEqual([200, '', 1]);
		}
	});

	it('20,000 calls in one round, of which none may go', async () => {
		const ids = many(20_000, '').map((_, at) => `c${at}`);
		const calls = ids.map((id) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } }));
		const results = ids.map((id) => ({ role: 'tool', tool_call_id: id, content: 'Nothing.' }));
		const messages = [{ role: 'user', content: 'Look.' }, { role: 'assistant', tool_calls: calls }, ...results];
		const tools = [{ type: 'function', function: { name: 'look' } }];
		refused(await send('openai', { model: SMALL, messages, tools }), 'context_too_long');
	});

	it('100,000 parts of one message, and 20,000 images', async () => {
		const content = many(100_000, '').map(() => ({ type: 'text', text: 'a b' }));
		refused(await send('openai', { model: SMALL, messages: [{ role: 'user', content }] }), 'context_too_long');
		const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
		const images = [{ type: 'text', text: 'See.' }, ...many(20_000, '').map(() => image)];
		refused(await send('openai', { model: SMALL, messages: [{ role: 'user', content: images }] }), 'context_too_long');
		const some = [{ type: 'text', text: 'See.' }, ...many(300, '').map(() => image)];
		const answer = await send('openai', { model: SMALL, messages: [{ role: 'user', content: some }] });
		expect(answer).toMatchObject({ status: 200, calls: 1 });
	});
});

describe('what must stay and does not fit', () => {
	const big = prose.repeat(600);
	const figures = /counts? \d+.*at most \d+.*window of \d+.* less \d+ for the answer/s;
	const wide = {
		type: 'object',
		properties: Object.fromEntries(
			big.split(' ').map((word, at) => [`${word}${at}`, { type: 'string', description: word }]),
		),
	};

	const hello = { role: 'user', content: 'Hello' };
	const system = { role: 'system', content: big };
	const pinned = { role: 'user', content: big, switchyard: { pinned: true } };
	/** Fields of the body, and what the refusal names. */
	const OWN: Readonly<Record<DoorName, readonly (readonly [body: Body, param: string])[]>> = {
		openai: [
			[{ messages: [system, hello] }, 'messages[0]'],
			[{ messages: [pinned, hello] }, 'messages[0]'],
			[{ messages: [hello], tools: [{ type: 'function', function: { name: 'look', parameters: wide } }] }, 'tools'],
		],
		anthropic: [
			[{ messages: [hello], system: big }, 'system'],
			[{ messages: [pinned, hello] }, 'messages[0]'],
			[{ messages: [hello], tools: [{ name: 'look', input_schema: wide }] }, 'tools'],
		],
		typed: [
			[{ messages: [system, hello] }, 'messages[0]'],
			[{ messages: [{ ...hello, content: big, pinned: true }, hello] }, 'messages[0]'],
			[{ messages: [hello], tools: [{ name: 'look', parameters: wide }] }, 'tools'],
		],
	};

	it.each(NAMES)('is refused with the largest of it, through the door %s', async (door) => {
		const last = (model: string) => [said(door, model, ['Hello', 'Hi', big]), 'messages[2]'] as const;
		const own = OWN[door].map(([body, param]) => [said(door, SMALL, [], body), param] as const);
		for (const [body, param] of [last(SMALL), last(CLAUDE), last(MOCK), ...own]) {
			const answer = await send(door, body);
			refused(answer, 'context_too_long');
			expect(answer.message).toMatch(figures);
			// Anthropic's errors have no field for it.
			if (door === 'anthropic') expect(answer.message).toContain(param);
			else expect(answer.param).toBe(param);
		}
	});

	it("as an agent's prompt is refused, and is nobody's message", async () => {
		const agent = await member.agent({ model: SMALL, systemPrompt: big.slice(0, 30_000) });
		const answer = await send('openai', said('openai', agent, ['Hello']));
		refused(answer, 'context_too_long');
		expect(answer.message).toMatch(/agent's prompt and other added messages \d{4}/);
	});

	it('beside the answer that was asked for says how much may be asked for', async () => {
		const answer = await send('openai', said('openai', SMALL, [prose.repeat(225)], { max_tokens: 1_000 }));
		refused(answer, 'context_too_long');
		expect(answer.message).toMatch(/at most \d{3} output tokens \(max_tokens\)/);
		const less = /at most (\d{3}) output tokens/.exec(answer.message)?.[1];
		const again = await send('openai', said('openai', SMALL, [prose.repeat(225)], { max_tokens: Number(less) }));
		expect(again).toMatchObject({ status: 200, calls: 1 });
	});

	it.each([30, 3_000, 100_000])(
		'tools nested %i levels deep are counted or refused, and never a fault',
		async (levels) => {
			const schema = `${'{"type":"object","properties":{"a":'.repeat(levels)}{"type":"string"}${'}}'.repeat(levels)}`;
			const messages = JSON.stringify(said('openai', SMALL, [...Array(80).fill(prose.repeat(4)), 'Hello']).messages);
			const openai = `{"model":"${SMALL}","messages":${messages},"tools":[{"type":"function","function":{"name":"look","parameters":${schema}}}]}`;
			const own = `{"model":"${SMALL}","messages":${messages},"tools":[{"name":"look","parameters":${schema}}]}`;
			for (const [door, body] of [
				['openai', openai],
				['typed', own],
			] as const) {
				const answer = await send(door, body);
				expect([200, 400]).toContain(answer.status);
				if (answer.status === 400) refused(answer, levels === 30 ? 'none' : (answer.code ?? ''));
			}
		},
	);

	it('of a model that nobody lists names the guess', async () => {
		for (const door of NAMES) {
			const model = 'openai/nobody-knows-this';
			const answer = await send(door, said(door, model, ['Hello', 'Hi', prose.repeat(9_000)]));
			refused(answer, 'context_too_long');
			expect(answer.message).toMatch(/is a guess.*window in the configuration/s);
		}
		const { told, calls } = await stage.during(() =>
			member.through(typed, { model: 'openai/nobody-knows-this', turns: talk(181, 60) }),
		);
		expect(told.warnings).toContain('model');
		if (calls[0]) agreed(told, calls[0], talk(181, 60));
		expect(calls).toHaveLength(1);
	});
});

describe('tool ids', () => {
	const call = (...ids: readonly string[]) => ({
		role: 'assistant',
		tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } })),
	});
	const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'Found.' });
	const user = { role: 'user', content: 'Look.' };
	const padding = talk(80).map(({ role, text }) => ({ role, content: text }));
	const tools = [{ type: 'function', function: { name: 'look' } }];

	it.each([
		['that come twice in one message', [user, call('a', 'a'), result('a'), result('a')]],
		['that come again later', [user, call('a'), result('a'), user, call('a'), result('a')]],
		['answered twice', [user, call('a'), result('a'), result('a')]],
		['answered before they are called', [user, result('a'), call('a')]],
		['answered in a circle', [user, call('a'), result('b'), call('b'), result('a')]],
		['never answered', [user, call('a'), user]],
		['never called', [user, result('a'), user]],
		['of an object', [user, call('__proto__', 'constructor'), result('constructor')]],
	])('%s are refused, whether the conversation fits or not', async (_, messages) => {
		const short = await send('openai', { model: SMALL, messages: [...messages, user], tools });
		refused(short, 'invalid_request');
		expect(short.param).toMatch(/^messages\[\d\]/);
		const whole = await send('openai', { model: SMALL, messages: [...padding, ...messages, user], tools });
		refused(whole, 'invalid_request');
		expect(whole.param).toMatch(/^messages\[8\d\]/);
	});

	it('named like parts of an object are ids like all others', async () => {
		const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
		const messages = [...padding, user, call(...ids), ...ids.map(result), user];
		const answer = await send('openai', { model: SMALL, messages, tools });
		expect(answer).toMatchObject({ status: 200, calls: 1 });
		const heard = stage.upstream.calls.at(-1)?.body.messages as readonly ReturnType<typeof call>[];
		const sent = heard.find(({ tool_calls: made }) => made)?.tool_calls;
		expect(sent?.map(({ id }) => id)).toEqual(ids);
	});
});

describe('fields out of range', () => {
	it.each([1_001, -1_001, 1e308, '5', [], {}, true])('a priority of %j is a 400 naming it', async (priority) => {
		const marked = { role: 'user', content: 'Hello', switchyard: { priority } };
		for (const door of ['openai', 'anthropic'] as const) {
			const answer = await send(door, said(door, SMALL, [], { messages: [marked] }));
			refused(answer, 'invalid_request');
			expect(answer.message).toMatch(/messages\[0\]\.switchyard\.priority/);
		}
		const own = { model: SMALL, messages: [{ role: 'user', content: 'Hello', priority }] };
		const answer = await send('typed', own);
		refused(answer, 'invalid_request');
		expect(answer.param).toBe('messages[0].priority');
	});

	it.each(['{"pinned":"yes"}', '{"pin":true}', '[]', '"pinned"', '{"priority":1e999}'])(
		'marks like %s are a 400',
		async (marks) => {
			const body = `{"model":"${SMALL}","messages":[{"role":"user","content":"Hello","switchyard":${marks}}]}`;
			const answer = await send('openai', body);
			refused(answer, 'invalid_request');
			expect(answer.param).toMatch(/^messages\[0\]\.switchyard/);
		},
	);

	it.each([0, -1, 1.5, 1e308, 2 ** 53, '9'])('an answer of %j tokens is a 400', async (tokens) => {
		for (const door of NAMES) {
			const field = door === 'typed' ? 'maxTokens' : 'max_tokens';
			const answer = await send(door, said(door, SMALL, ['Hello'], { [field]: tokens }));
			refused(answer, 'invalid_request');
			expect(answer.message + answer.param).toMatch(/max_?[tT]okens/);
		}
	});

	it('a budget of thinking above the window', async () => {
		const answer = await send('typed', said('typed', CLAUDE, ['Hello'], { reasoning: { budgetTokens: 2 ** 40 } }));
		expect([200, 400]).toContain(answer.status);
	});
});

describe('images of odd sizes', () => {
	const header = (width: number, height: number): string => {
		const bytes = Buffer.alloc(33);
		Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
		bytes.writeUInt32BE(width, 16);
		bytes.writeUInt32BE(height, 20);
		return bytes.toString('base64');
	};

	it.each([
		['nothing by nothing', header(0, 0)],
		['4,294,967,295 pixels wide', header(0xffffffff, 0xffffffff)],
		['cut off', header(10, 10).slice(0, 16)],
		['no image at all', Buffer.from('hello, world').toString('base64')],
		['a JPEG that goes round in circles', Buffer.from(`ffd8${'ffe00002'.repeat(5_000)}`, 'hex').toString('base64')],
	])('are counted on the safe side: %s', async (_, data) => {
		const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } };
		const content = [{ type: 'text', text: 'See.' }, ...Array.from({ length: 40 }, () => image)];
		const messages = [
			{ role: 'user', content },
			{ role: 'assistant', content: 'I see.' },
			{ role: 'user', content: 'Go on.' },
		];
		for (const model of [SMALL, CLAUDE]) {
			const answer = await send('openai', { model, messages });
			expect([answer.status, answer.calls]).toEqual([200, 1]);
		}
	});
});

describe('strange characters', () => {
	it('are counted as they are sent, and trimmed like all others', async () => {
		const strange = [
			'\ud800',
			'\udfff\ud800',
			'a\0b',
			'\u202e',
			'\ufeff',
			'<|endoftext|>',
			'<|im_start|>system',
			'\u2028',
			'\x1b[2J',
		];
		const turns = talk(81).map((turn, at) => ({
			...turn,
			text: `${turn.text} ${(strange[at % strange.length] ?? '').repeat(20)}`,
		}));
		for (const model of [SMALL, CLAUDE]) {
			const { told, calls } = await stage.during(() => member.through(typed, { model, turns, maxTokens: 300 }));
			const [call] = calls;
			if (!call) throw new Error(JSON.stringify(told.error));
			const receipt = agreed(told, call, turns);
			if (receipt.method === 'exact') expect(Math.abs(receipt.after - call.prompt)).toBeLessThanOrEqual(2);
			expect(placesIn(call).length).toBeGreaterThan(10);
		}
	});
});

describe('after all that', () => {
	it('it answers as before', async () => {
		for (const door of NAMES)
			for (const model of [SMALL, CLAUDE, MOCK]) {
				const answer = await send(door, said(door, model, ['Hello']));
				expect([door, model, answer.status]).toEqual([door, model, 200]);
			}
	});

	it('many large ones at once are answered, or turned away typed', async () => {
		const huge = long(prose, 4 * MEGABYTE);
		const all = await Promise.all(
			Array.from({ length: 9 }, () => send('openai', said('openai', SMALL, [huge, 'I see.', 'Go on.']))),
		);
		for (const { status } of all) expect([200, 503]).toContain(status);
		expect(all.some(({ status }) => status === 200)).toBe(true);
	});
});

describe('without the files of the encodings', () => {
	beforeAll(async () => {
		const { worker } = stage.platform;
		const folder = join(worker.stateDir, 'assets');
		await mkdir(folder);
		await writeFile(join(folder, 'index.html'), '<!doctype html><title>Console</title>');
		await worker.restart({ LOG_LEVEL: 'info' }, folder);
	}, 60_000);

	it('lengths decide: nothing overflows, and the receipts say so', async () => {
		for (const model of [SMALL, CLAUDE, MOCK]) {
			for (const turns of [talk(3), talk(61), talk(201)]) {
				const { told, calls } = await stage.during(() => member.through(typed, { model, turns, maxTokens: 200 }));
				expect(told).toMatchObject({ error: null, receipt: { method: 'bound', factor: 1 } });
				if (calls[0]) agreed(told, calls[0], turns);
			}
		}
	});

	it('guardrails, counts, refusals and hops hold', async () => {
		await member.admin.organizations.setContext.mutate({ context: { maxInputTokens: 1_000 } });
		const guarded = await send('openai', said('openai', LARGE, [prose.repeat(100)]));
		refused(guarded, 'context_too_long');
		expect(guarded.message).toMatch(/\(bound\).* 1000 /);
		await member.admin.organizations.setContext.mutate({ context: null });
		const input = said('typed', SMALL, [prose]);
		stage.upstream.counting = false;
		const counted = await send('typed', input, '/trpc/tokens.count');
		expect(counted.body).toMatchObject({ result: { data: { method: 'bound' } } });
		refused(await send('openai', said('openai', SMALL, [prose.repeat(300)])), 'context_too_long');
		expect(stage.platform.worker.output().match(/encoding-load-failed/g)?.length).toBeLessThan(10);
	});
});
