import type { ResponseCreateParamsBase } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { chatAnswer, chatStream, doorApp, finish, start } from '../../support/door-app';

/** What becomes of a field: it reaches the call, is named in the warnings, or is refused by its name. */
type Fate = 'used' | 'warned' | 'refused';

interface Field {
	readonly value: unknown;
	readonly fate: Fate;
	/** Sent with it, where it means nothing alone. */
	readonly beside?: object;
	/** Its name in a warning, where that differs. */
	readonly named?: string;
}

const tools = [{ type: 'function', name: 'a', parameters: { type: 'object' }, strict: false }];

/** Every field of the SDK's type, and no other: a new one breaks the types of this test. */
const FIELDS: Readonly<Record<keyof ResponseCreateParamsBase, readonly Field[]>> = {
	background: [{ value: true, fate: 'refused' }],
	context_management: [{ value: [{ type: 'compaction' }], fate: 'warned' }],
	conversation: [{ value: 'conv_1', fate: 'refused' }],
	include: [
		{ value: ['reasoning.encrypted_content'], fate: 'used' },
		{ value: ['message.output_text.logprobs'], fate: 'used' },
		{ value: ['web_search_call.action.sources'], fate: 'warned' },
	],
	input: [{ value: 'Another', fate: 'used' }],
	instructions: [{ value: 'Be brief.', fate: 'used' }],
	max_output_tokens: [{ value: 99, fate: 'used' }],
	metadata: [{ value: { a: 'b' }, fate: 'used' }],
	model: [{ value: 'mock/other', fate: 'used' }],
	moderation: [{ value: { model: 'omni-moderation-latest' }, fate: 'warned' }],
	parallel_tool_calls: [{ value: false, fate: 'used', beside: { tools } }],
	previous_response_id: [{ value: 'resp_1', fate: 'refused' }],
	prompt: [
		{ value: { id: 'agent:support', variables: { name: 'Bo' } }, fate: 'used' },
		{ value: { id: 'pmpt_1' }, fate: 'refused' },
	],
	prompt_cache_key: [{ value: 'k', fate: 'used' }],
	prompt_cache_options: [{ value: { ttl: '30m' }, fate: 'used' }],
	prompt_cache_retention: [{ value: '24h', fate: 'used' }],
	reasoning: [
		{ value: { effort: 'low' }, fate: 'used' },
		{ value: { summary: 'auto' }, fate: 'used' },
		{ value: { generate_summary: 'auto' }, fate: 'used' },
		{ value: { context: 'all_turns' }, fate: 'warned', named: 'reasoning.context' },
		{ value: { mode: 'pro' }, fate: 'warned', named: 'reasoning.mode' },
	],
	safety_identifier: [
		{ value: 's1', fate: 'used' },
		{ value: 's1', fate: 'used', beside: { user: 'u1' } },
	],
	service_tier: [{ value: 'flex', fate: 'used' }],
	store: [{ value: true, fate: 'warned' }],
	stream: [{ value: 'yes', fate: 'refused' }],
	stream_options: [{ value: { include_obfuscation: true }, fate: 'refused' }],
	temperature: [{ value: 0.3, fate: 'used' }],
	text: [
		{ value: { format: { type: 'json_object' } }, fate: 'used' },
		{ value: { verbosity: 'low' }, fate: 'used' },
	],
	tool_choice: [{ value: 'required', fate: 'used', beside: { tools } }],
	tools: [
		{ value: tools, fate: 'used' },
		{ value: [{ type: 'web_search' }], fate: 'refused' },
		{ value: [{ ...tools[0], output_schema: { type: 'object' } }], fate: 'warned' },
	],
	top_logprobs: [{ value: 2, fate: 'used' }],
	top_p: [{ value: 0.4, fate: 'used' }],
	truncation: [{ value: 'auto', fate: 'warned' }],
	user: [{ value: 'u1', fate: 'used' }],
};

/** Of the current API, newer than the SDK's types. */
const NEWER: Readonly<Record<string, readonly Field[]>> = {
	max_tool_calls: [{ value: 3, fate: 'warned' }],
};

const cases = Object.entries({ ...FIELDS, ...NEWER }).flatMap(([field, fates]) =>
	fates.map(({ value, fate, beside, named }): [string, string, Fate, object, object] => [
		`${field} ${JSON.stringify(value)}`,
		named ?? field,
		fate,
		{ model: 'mock/echo', input: 'Hi', ...beside },
		{ [field]: value },
	]),
);

async function posted(body: object) {
	const door = doorApp({ chat: () => chatAnswer() });
	const answer = await door.post('/v1/responses', body);
	return { answer, json: JSON.parse(await answer.text()), request: door.gateway.chats[0]?.request };
}

describe('no field of a Responses request is lost in silence', () => {
	it.each(cases)('%s', async (_name, field, fate, base, said) => {
		const { answer, json, request } = await posted({ ...base, ...said });
		if (fate === 'refused') {
			expect(answer.status).toBe(400);
			expect(json.error.param).toMatch(new RegExp(`^${field}`));
			return;
		}
		expect(answer.status).toBe(200);
		const warned = answer.headers.get('x-switchyard-warnings')?.split(', ') ?? [];
		if (fate === 'warned') expect(warned).toEqual([field]);
		else {
			expect(warned).toEqual([]);
			expect(request).not.toEqual((await posted(base)).request);
		}
	});

	it('and a stream is streamed, its padding named as left out', async () => {
		const door = doorApp({ stream: () => chatStream([[start, finish]]) });
		const asked = { input: 'Hi', stream: true, stream_options: { include_obfuscation: true } };
		const answer = await door.post('/v1/responses', asked);
		expect(door.gateway.streams).toHaveLength(1);
		expect(answer.headers.get('x-switchyard-warnings')).toBe('stream_options');
	});
});
