import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/language/request';
import { chatAnswer, chatStream, doorApp, finish, start } from '../../support/door-app';
import { world } from '../../support/scripted-gateway';

const PATH = '/v1/chat/completions';

/**
 * What becomes of a field: it reaches the call as this field, goes on in OpenAI's own spelling where a provider takes
 * it, decides about the answer here, is named in the warnings, or is refused by its name.
 */
type Fate = { readonly used: keyof ChatRequest } | 'dialect' | 'here' | 'warned' | 'refused';

interface Field {
	readonly value: unknown;
	readonly fate: Fate;
	/** Sent with it, where it means nothing alone. */
	readonly beside?: object;
	/** Its name in a warning or an error, where that differs. */
	readonly named?: string;
}

const tools = [{ type: 'function', function: { name: 'a', parameters: { type: 'object' } } }];

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
	audio: [{ value: { voice: 'alloy', format: 'mp3' }, fate: 'warned', named: 'modalities' }],
	frequency_penalty: [{ value: 0.5, fate: { used: 'frequencyPenalty' } }],
	function_call: [{ value: { name: 'a' }, fate: { used: 'toolChoice' }, beside: { functions: [{ name: 'a' }] } }],
	functions: [{ value: [{ name: 'a' }], fate: { used: 'tools' } }],
	logit_bias: [{ value: { '50256': -100 }, fate: 'dialect' }],
	logprobs: [{ value: true, fate: { used: 'logprobs' } }],
	max_completion_tokens: [{ value: 7, fate: { used: 'maxTokens' } }],
	max_tokens: [{ value: 7, fate: { used: 'maxTokens' } }],
	messages: [{ value: [{ role: 'user', content: 'Other' }], fate: { used: 'messages' } }],
	metadata: [{ value: { team: 'x' }, fate: { used: 'metadata' } }],
	modalities: [
		{ value: ['text', 'audio'], fate: 'warned' },
		{ value: ['text'], fate: 'here' },
	],
	model: [{ value: 'mock/other', fate: { used: 'model' } }],
	moderation: [{ value: { model: 'omni-moderation-latest' }, fate: 'warned' }],
	n: [
		{ value: 2, fate: 'here' },
		{ value: 9, fate: 'refused' },
	],
	parallel_tool_calls: [{ value: false, fate: { used: 'parallelToolCalls' }, beside: { tools } }],
	prediction: [{ value: { type: 'content', content: 'x' }, fate: 'dialect' }],
	presence_penalty: [{ value: 0.5, fate: { used: 'presencePenalty' } }],
	prompt_cache_key: [{ value: 'k', fate: 'dialect' }],
	prompt_cache_options: [{ value: { mode: 'explicit', ttl: '30m' }, fate: 'dialect' }],
	prompt_cache_retention: [{ value: '24h', fate: 'dialect' }],
	reasoning_effort: [{ value: 'low', fate: { used: 'reasoning' } }],
	response_format: [{ value: { type: 'json_object' }, fate: { used: 'responseFormat' } }],
	safety_identifier: [
		{ value: 's1', fate: { used: 'user' } },
		{ value: 's1', fate: 'dialect', beside: { user: 'u1' } },
	],
	seed: [{ value: 7, fate: { used: 'seed' } }],
	service_tier: [{ value: 'flex', fate: 'dialect' }],
	stop: [{ value: 'END', fate: { used: 'stop' } }],
	store: [{ value: true, fate: 'warned' }],
	stream: [{ value: 'yes', fate: 'refused' }],
	stream_options: [{ value: { include_usage: true }, fate: 'refused' }],
	temperature: [{ value: 0.3, fate: { used: 'temperature' } }],
	tool_choice: [
		{ value: 'required', fate: { used: 'toolChoice' }, beside: { tools } },
		{
			value: {
				type: 'allowed_tools',
				allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'a' } }] },
			},
			fate: { used: 'toolChoice' },
			beside: { tools },
		},
		{ value: { type: 'custom', custom: { name: 'a' } }, fate: 'refused', beside: { tools } },
	],
	tools: [
		{ value: tools, fate: { used: 'tools' } },
		{ value: [{ type: 'custom', custom: { name: 'a' } }], fate: 'refused', named: 'tools[0].type' },
	],
	top_logprobs: [{ value: 2, fate: { used: 'logprobs' }, beside: { logprobs: true } }],
	top_p: [{ value: 0.4, fate: { used: 'topP' } }],
	user: [{ value: 'u1', fate: { used: 'user' } }],
	verbosity: [{ value: 'low', fate: 'dialect' }],
	web_search_options: [{ value: { search_context_size: 'low' }, fate: 'dialect' }],
};

const part = (fields: object) => [{ role: 'user', content: [fields] }];
const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } };
const png = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
const call = { id: 'c1', type: 'function', function: { name: 'a', arguments: '{}' } };
const assistant = (fields: object) => [{ role: 'assistant', content: 'x', ...fields }];
const answered = (fields: object) => [
	{ role: 'assistant', tool_calls: [call] },
	{ role: 'tool', tool_call_id: 'c1', content: 'x', ...fields },
];
const user = (fields: object) => [{ role: 'user', content: 'x', ...fields }];

/** Of the types within a request: each field with messages that say it and the same ones without; null: it is the type's tag. */
const NESTED: Readonly<Record<string, Readonly<Record<string, readonly [object[], object[], Fate?] | null>>>> = {
	ChatCompletionDeveloperMessageParam: {
		role: null,
		content: [[{ role: 'developer', content: 'y' }], [{ role: 'developer', content: 'x' }]],
		name: [[{ role: 'developer', content: 'x', name: 'n' }], [{ role: 'developer', content: 'x' }], 'warned'],
	},
	ChatCompletionSystemMessageParam: {
		role: null,
		content: [[{ role: 'system', content: 'y' }], [{ role: 'system', content: 'x' }]],
		name: [[{ role: 'system', content: 'x', name: 'n' }], [{ role: 'system', content: 'x' }], 'warned'],
	},
	ChatCompletionUserMessageParam: {
		role: null,
		content: [user({ content: 'y' }), user({})],
		name: [user({ name: 'n' }), user({})],
	},
	ChatCompletionAssistantMessageParam: {
		role: null,
		audio: [assistant({ audio: { id: 'a1' } }), assistant({}), 'refused'],
		content: [assistant({ content: 'y' }), assistant({})],
		function_call: [assistant({ function_call: { name: 'a', arguments: '{}' } }), assistant({})],
		name: [assistant({ name: 'n' }), assistant({}), 'warned'],
		refusal: [assistant({ refusal: 'No.' }), assistant({})],
		tool_calls: [assistant({ tool_calls: [call] }), assistant({})],
	},
	ChatCompletionToolMessageParam: {
		role: null,
		content: [answered({ content: 'y' }), answered({})],
		tool_call_id: [answered({ tool_call_id: 'c2' }), answered({})],
	},
	ChatCompletionFunctionMessageParam: {
		role: null,
		content: [[{ role: 'function', name: 'a', content: 'y' }], [{ role: 'function', name: 'a', content: 'x' }]],
		name: [[{ role: 'function', name: 'b', content: 'x' }], [{ role: 'function', name: 'a', content: 'x' }]],
	},
	ChatCompletionContentPartText: {
		type: null,
		text: [part({ type: 'text', text: 'y' }), part({ type: 'text', text: 'x' })],
		prompt_cache_breakpoint: [part({ type: 'text', text: 'x', ...breakpoint }), part({ type: 'text', text: 'x' })],
	},
	ChatCompletionContentPartImage: {
		type: null,
		image_url: [part({ ...png, image_url: { ...png.image_url, detail: 'low' } }), part(png)],
		prompt_cache_breakpoint: [part({ ...png, ...breakpoint }), part(png)],
	},
	ChatCompletionContentPartInputAudio: {
		type: null,
		input_audio: [
			part({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
			part({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }),
		],
		prompt_cache_breakpoint: [
			part({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' }, ...breakpoint }),
			part({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
			'warned',
		],
	},
	'ChatCompletionContentPart.File': {
		type: null,
		file: [part({ type: 'file', file: { file_id: 'f2' } }), part({ type: 'file', file: { file_id: 'f1' } })],
		prompt_cache_breakpoint: [
			part({ type: 'file', file: { file_id: 'f1' }, ...breakpoint }),
			part({ type: 'file', file: { file_id: 'f1' } }),
		],
	},
	'ChatCompletionContentPart.File.File': {
		file_data: [
			part({ type: 'file', file: { file_data: 'JVBE' } }),
			part({ type: 'file', file: { file_data: 'AAAA' } }),
		],
		file_id: [part({ type: 'file', file: { file_id: 'f2' } }), part({ type: 'file', file: { file_id: 'f1' } })],
		filename: [
			part({ type: 'file', file: { file_data: 'JVBE', filename: 'a.pdf' } }),
			part({ type: 'file', file: { file_data: 'JVBE' } }),
		],
	},
	ChatCompletionContentPartRefusal: {
		type: null,
		refusal: [
			assistant({ content: [{ type: 'refusal', refusal: 'y' }] }),
			assistant({ content: [{ type: 'refusal', refusal: 'x' }] }),
		],
	},
};

/** Names of the members of each interface, with the namespaces around it. */
function declared(file: string): ReadonlyMap<string, readonly string[]> {
	const found = new Map<string, string[]>();
	const visit = (node: ts.Node, within: string): void => {
		if (ts.isModuleDeclaration(node) && node.body) {
			ts.forEachChild(node.body, (child) => visit(child, `${within}${node.name.text}.`));
			return;
		}
		if (ts.isInterfaceDeclaration(node)) {
			const members = node.members.flatMap(({ name }) => (name && ts.isIdentifier(name) ? name.text : []));
			found.set(`${within}${node.name.text}`, members);
		}
	};
	const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
	ts.forEachChild(source, (node) => visit(node, ''));
	return found;
}

const SDK = declared('node_modules/openai/resources/chat/completions/completions.d.ts');

const cases = Object.entries(FIELDS).flatMap(([field, fates]) =>
	fates.map(({ value, fate, beside, named }): [string, string, Fate, object, object] => [
		`${field} ${JSON.stringify(value)}`,
		named ?? field,
		fate,
		{ model: 'mock/echo', messages: [{ role: 'user', content: 'Hi' }], ...beside },
		{ [field]: value },
	]),
);

async function posted(body: object) {
	const door = doorApp({ chat: () => chatAnswer() });
	const response = await door.post(PATH, body);
	const warned = response.headers.get('x-switchyard-warnings')?.split(', ') ?? [];
	return { status: response.status, json: JSON.parse(await response.text()), warned, calls: door.gateway.chats };
}

describe("OpenAI's SDK", () => {
	it('has no field of a chat request that nobody decided about', () => {
		const fields = ['ChatCompletionCreateParamsBase', 'ChatCompletionCreateParamsStreaming'].flatMap(
			(name) => SDK.get(name) ?? [],
		);
		expect([...new Set(fields)].sort()).toEqual(Object.keys(FIELDS).sort());
	});

	it.each(Object.keys(NESTED))('has no other field of %s', (name) => {
		expect([...(SDK.get(name) ?? [])].sort()).toEqual(Object.keys(NESTED[name] ?? {}).sort());
	});
});

describe('no field of a chat request is lost in silence', () => {
	it.each(cases)('%s', async (_name, field, fate, base, said) => {
		const { status, json, warned, calls } = await posted({ ...base, ...said });
		if (fate === 'refused') {
			expect(status).toBe(400);
			expect(json.error.param).toBe(field);
			return;
		}
		expect(status).toBe(200);
		expect(warned).toEqual(fate === 'warned' ? [field] : []);
		const request = calls[0]?.request;
		const without = (await posted(base)).calls[0]?.request;
		if (fate === 'dialect') expect(request?.dialect).toEqual(said);
		else if (typeof fate === 'object') {
			expect(request?.[fate.used]).toBeDefined();
			expect(request?.[fate.used]).not.toEqual(without?.[fate.used]);
		} else expect(request).toEqual(without);
	});

	it('n asks as often, and a stream is streamed, its padding named as left out', async () => {
		expect((await posted({ messages: [{ role: 'user', content: 'Hi' }], n: 2 })).calls).toHaveLength(2);
		const door = doorApp({ stream: () => chatStream([[start, finish]]) });
		const asked = {
			messages: [{ role: 'user', content: 'Hi' }],
			stream: true,
			stream_options: { include_usage: true, include_obfuscation: true },
		};
		const response = await door.post(PATH, asked);
		expect(door.gateway.streams).toHaveLength(1);
		expect(response.headers.get('x-switchyard-warnings')).toBe('stream_options');
		expect(await response.text()).toContain('"choices":[],"usage"');
	});

	const nested = Object.entries(NESTED).flatMap(([type, fields]) =>
		Object.entries(fields).flatMap(([field, use]) =>
			use ? [[`${type}.${field}`, field, ...use] as [string, string, object[], object[], Fate?]] : [],
		),
	);

	it.each(nested)('%s', async (_name, field, messages, without, fate) => {
		const said = await posted({ messages });
		if (fate === 'refused') {
			expect(said.json.error.param).toContain(field);
			return;
		}
		expect(said.status).toBe(200);
		expect(said.warned.join()).toMatch(fate === 'warned' ? new RegExp(`\\.${field}$`) : /^$/);
		const request = (await posted({ messages: without })).calls[0]?.request;
		if (fate === 'warned') expect(said.calls[0]?.request).toEqual(request);
		else expect(said.calls[0]?.request).not.toEqual(request);
	});
});

describe("a field of OpenAI's dialect", () => {
	const fields = Object.entries(FIELDS).flatMap(([name, [first]]) =>
		first?.fate === 'dialect' ? [[name, first.value]] : [],
	);
	const body = (model: string) => ({
		...Object.fromEntries(fields),
		model,
		messages: [{ role: 'user', content: 'Hi' }],
	});

	const answered = (model: string, extra: object = {}) => {
		const upstream = world({
			upstream: [
				() =>
					Response.json({
						id: '1',
						model: 'm',
						choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
					}),
			],
		});
		const door = doorApp({ chat: (asked) => upstream.gateway.chat(asked) });
		return { upstream, answer: door.post(PATH, { ...body(model), ...extra }) };
	};

	it('is sent to OpenAI as it came', async () => {
		const { upstream, answer } = answered('openai/gpt-test');
		expect((await answer).headers.has('x-switchyard-warnings')).toBe(false);
		expect(JSON.parse(String(upstream.sent[0]?.body))).toMatchObject(Object.fromEntries(fields));
	});

	it('is left out and named where another answers, and refused where strict', async () => {
		const { upstream, answer } = answered('groq/llama');
		expect((await answer).headers.get('x-switchyard-warnings')?.split(', ').sort()).toEqual(
			fields.map(([name]) => name).sort(),
		);
		expect(Object.keys(JSON.parse(String(upstream.sent[0]?.body)))).toEqual(['model', 'messages']);
		const strict = answered('groq/llama', { switchyard: { strict: true } });
		expect(await (await strict.answer).json()).toMatchObject({ error: { param: 'logit_bias' } });
		expect(strict.upstream.sent).toHaveLength(0);
	});
});
