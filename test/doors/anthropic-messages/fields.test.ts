import { describe, expect, it } from 'vitest';
import { messageBody } from '../../../src/doors/anthropic-messages/schema';
import type { ChatRequest } from '../../../src/language/request';
import { chatAnswer, chatStream, doorApp, finish, start } from '../../support/door-app';

/** What became of a field: the calls it led to, the warnings of the answer, or the message it was refused with. */
interface Fate {
	readonly calls: string;
	readonly warnings: readonly string[];
	readonly refusal: string | null;
}

async function fateOf(body: object, provider = 'mock'): Promise<Fate> {
	const door = doorApp({
		chat: () => chatAnswer({}, { provider }),
		stream: () => chatStream([[start, finish]], { provider }),
	});
	const response = await door.post('/v1/messages', body);
	const answer = response.headers.get('content-type')?.includes('json') ? await response.json() : await response.text();
	const { chats, streams } = door.gateway;
	const seen = (calls: typeof chats) => calls.map(({ request, agent, fallback }) => ({ request, agent, fallback }));
	return {
		calls: JSON.stringify([seen(chats), seen(streams)]),
		warnings: response.headers.get('x-switchyard-warnings')?.split(', ') ?? [],
		refusal: response.ok ? null : (answer as { error: { message: string } }).error.message,
	};
}

const base = { model: 'mock/echo', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };

const schema = { type: 'object', properties: { a: { type: 'string' } } };
const tool = { name: 'weather', input_schema: { type: 'object' } };

/** A telling value of every field at the top, with what else it needs. */
const FIELDS: Readonly<Record<string, { readonly value: unknown; readonly beside?: object }>> = {
	model: { value: 'mock/other' },
	models: { value: ['mock/one', 'mock/two'] },
	max_tokens: { value: 10 },
	messages: { value: [{ role: 'user', content: 'Ho' }] },
	system: { value: 'Be brief.' },
	stream: { value: true },
	temperature: { value: 0.5 },
	top_p: { value: 0.5 },
	top_k: { value: 5 },
	stop_sequences: { value: ['END'] },
	tools: { value: [tool] },
	tool_choice: { value: { type: 'any' }, beside: { tools: [tool] } },
	thinking: { value: { type: 'adaptive' } },
	output_config: { value: { effort: 'low' } },
	output_format: { value: { type: 'json_schema', schema } },
	metadata: { value: { user_id: 'ann' } },
	cache_control: { value: { type: 'ephemeral' } },
	service_tier: { value: 'auto' },
	diagnostics: { value: { previous_message_id: 'msg_1' } },
	betas: { value: ['context-1m-2025-08-07'] },
	container: { value: 'container_1' },
	mcp_servers: { value: [{ type: 'url', url: 'https://x.test', name: 'x' }] },
	compaction: { value: { type: 'auto' } },
	thread: { value: { type: 'create' } },
	fallbacks: { value: 'default' },
	fallback_credit_token: { value: 'token' },
	switchyard: { value: { agent: 'support' } },
};

/** Fields of Anthropic's that no schema names: each is sent on to Anthropic and named elsewhere. */
const FURTHER = {
	speed: 'fast',
	inference_geo: 'eu',
	context_management: { edits: [] },
	billing_policy: {},
	some_field_of_next_year: 1,
};

describe('a field of the request', () => {
	it('is known with a value here, whichever the schema names', () => {
		expect(Object.keys(FIELDS).sort()).toEqual(Object.keys(messageBody.shape).sort());
	});

	it.each(Object.entries(FIELDS))('%s is used, warned about or refused, never lost', async (field, one) => {
		const plain = await fateOf({ ...base, ...one.beside });
		const fate = await fateOf({ ...base, ...one.beside, [field]: one.value });
		expect(plain).toMatchObject({ warnings: [], refusal: null });
		if (fate.refusal !== null) expect(fate.refusal).toMatch(new RegExp(`^${field}[:[.]`));
		else if (fate.calls === plain.calls) expect(fate.warnings).toContain(field);
	});

	it.each(Object.keys(FIELDS))('%s may be null where it may be absent', async (field) => {
		const { [field as keyof typeof base]: _, ...absent } = base;
		const without = await fateOf(absent);
		const fate = await fateOf({ ...absent, [field]: null });
		expect(fate.refusal === null).toBe(without.refusal === null);
		expect(fate.calls).toBe(without.calls);
	});

	it.each(Object.entries(FURTHER))(
		'%s, which is not ours to know, goes to Anthropic and is named elsewhere',
		async (field, value) => {
			const elsewhere = await fateOf({ ...base, [field]: value });
			expect(elsewhere.warnings).toEqual([field]);
			const there = await fateOf({ ...base, [field]: value }, 'anthropic');
			expect(there.warnings).toEqual([]);
			const [[call]] = JSON.parse(there.calls) as [[{ request: ChatRequest }]];
			expect(call.request.providerOptions).toEqual({ anthropic: { [field]: value } });
		},
	);
});

const user = (...content: object[]) => ({ messages: [{ role: 'user', content }] });
const loop = (call: object, result: object) => ({
	tools: [tool],
	messages: [
		...base.messages,
		{ role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'weather', input: {}, ...call }] },
		{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', ...result }] },
	],
});
const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const text = { type: 'text', text: 'Hi' };
const image = { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } };
const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Long.' } };
const said = (extra: object) => ({
	messages: [...base.messages, { role: 'assistant', content: [{ ...text, ...extra }] }],
});
const citation = {
	type: 'char_location',
	cited_text: 'x',
	document_index: 0,
	document_title: 'T',
	start_char_index: 0,
	end_char_index: 1,
};

/** Without the field, with it. */
const WITHIN: readonly [name: string, without: object, withIt: object][] = [
	['cache_control of text', user(text), user({ ...text, ...mark })],
	['cache_control of an image', user(image), user({ ...image, ...mark })],
	['cache_control of a document', user(document), user({ ...document, ...mark })],
	['cache_control of system', { system: [text] }, { system: [{ ...text, ...mark }] }],
	['cache_control of a tool', { tools: [tool] }, { tools: [{ ...tool, ...mark }] }],
	['cache_control of a result', loop({}, { content: 'ok' }), loop({}, { content: 'ok', ...mark })],
	['cache_control of an empty result', loop({}, {}), loop({}, mark)],
	['cache_control of a call', loop({}, {}), loop(mark, {})],
	['the lifetime of a breakpoint', user({ ...text, cache_control: { type: 'ephemeral' } }), user({ ...text, ...mark })],
	['citations of text', said({}), said({ citations: [citation] })],
	['title of a document', user(document), user({ ...document, title: 'T' })],
	['context of a document', user(document), user({ ...document, context: 'From 1999.' })],
	['citations of a document', user(document), user({ ...document, citations: { enabled: true } })],
	['content of a result', loop({}, {}), loop({}, { content: [text, image] })],
	['is_error of a result', loop({}, {}), loop({}, { is_error: true })],
	['input of a call', loop({}, {}), loop({ input: { city: 'Oslo' } }, {})],
	['description of a tool', { tools: [tool] }, { tools: [{ ...tool, description: 'Gives it.' }] }],
	['strict of a tool', { tools: [tool] }, { tools: [{ ...tool, strict: true }] }],
	['eager_input_streaming of a tool', { tools: [tool] }, { tools: [{ ...tool, eager_input_streaming: true }] }],
	['defer_loading of a tool', { tools: [tool] }, { tools: [{ ...tool, defer_loading: true }] }],
	['allowed_callers of a tool', { tools: [tool] }, { tools: [{ ...tool, allowed_callers: ['direct'] }] }],
	['input_examples of a tool', { tools: [tool] }, { tools: [{ ...tool, input_examples: [{ a: 1 }] }] }],
	[
		'disable_parallel_tool_use',
		{ tools: [tool], tool_choice: { type: 'auto' } },
		{ tools: [tool], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
	],
	['display of thinking', { thinking: { type: 'adaptive' } }, { thinking: { type: 'adaptive', display: 'omitted' } }],
	[
		'effort beside a budget',
		{ thinking: { type: 'enabled', budget_tokens: 2048 } },
		{ thinking: { type: 'enabled', budget_tokens: 2048 }, output_config: { effort: 'low' } },
	],
	[
		'effort without thinking',
		{ thinking: { type: 'disabled' } },
		{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } },
	],
	['task_budget', { output_config: {} }, { output_config: { task_budget: { type: 'tokens', total: 9 } } }],
	['format', { output_config: {} }, { output_config: { format: { type: 'json_schema', schema } } }],
	['further metadata', { metadata: {} }, { metadata: { team: 'a' } }],
];

describe('within a field', () => {
	it.each(WITHIN)('%s is used or warned about, never lost', async (_, without, withIt) => {
		const plain = await fateOf({ ...base, ...without });
		const fate = await fateOf({ ...base, ...withIt });
		expect([plain.refusal, fate.refusal]).toEqual([null, null]);
		if (fate.calls === plain.calls) expect(fate.warnings.length).toBeGreaterThan(plain.warnings.length);
	});

	it.each<[string, object]>([
		['messages[0].name', { messages: [{ role: 'user', content: 'Hi', name: 'Ann' }] }],
		['messages[0].content[0].start', user({ ...text, start: 1 })],
		['messages[0].content[0].source.detail', user({ ...image, source: { ...image.source, detail: 'low' } })],
		['messages[0].content[0].type', user({ type: 'search_result', source: 's', title: 't', content: [text] })],
		['messages[0].content[0].type', user({ type: 'container_upload', file_id: 'f' })],
		[
			'messages[1].content[0].type',
			{
				messages: [
					...base.messages,
					{ role: 'assistant', content: [{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }] },
				],
			},
		],
		['messages[2].content[0].content[0].type', loop({}, { content: [document] })],
		['messages[1].content[0].caller.type', loop({ caller: { type: 'code_execution_20260120', tool_id: 't' } }, {})],
		['messages[1].content[0].toolset_name', loop({ toolset_name: 'browser' }, {})],
		['messages[1].content[0].input', loop({ input: 'city' }, {})],
		['tools[1].type', { tools: [tool, { type: 'web_search_20260318', name: 'web_search' }] }],
		['tools[0].type', { tools: [{ type: 'bash_20250124', name: 'bash' }] }],
		['tools[0].input_schema', { tools: [{ name: 'x' }] }],
		['tools[0].parameters', { tools: [{ ...tool, parameters: {} }] }],
		['tool_choice', { tool_choice: { type: 'any' } }],
		['tool_choice.name', { tools: [tool], tool_choice: { type: 'tool', name: 'nothing' } }],
		['thinking.budget_tokens', { thinking: { type: 'enabled', budget_tokens: 10 } }],
		['thinking.type', { thinking: { type: 'auto' } }],
		['output_config.format.name', { output_config: { format: { type: 'json_schema', schema, name: 'n' } } }],
		['switchyard.agents', { switchyard: { agents: [] } }],
		['max_tokens', { max_tokens: 0 }],
		['max_tokens', { max_tokens: undefined }],
		['messages', { messages: [] }],
		['messages[0].content', { messages: [{ role: 'user', content: [] }] }],
		['messages[0].role', { messages: [{ role: 'tool', content: 'Hi' }] }],
	])('%s is refused by its name where it is not supported', async (param, body) => {
		const { refusal, calls } = await fateOf({ ...base, ...body });
		expect(refusal?.split(': ')[0]).toBe(param);
		expect(calls).toBe('[[],[]]');
	});

	it('is refused rather than warned about where the request is strict', async () => {
		const strict = { switchyard: { strict: true } };
		expect((await fateOf({ ...base, ...strict, diagnostics: {} })).refusal).toContain('Diagnostics');
		expect((await fateOf({ ...base, ...strict, tools: [{ ...tool, defer_loading: true }] })).refusal).toContain(
			'tools',
		);
		expect((await fateOf({ ...base, ...strict })).refusal).toBeNull();
	});
});
