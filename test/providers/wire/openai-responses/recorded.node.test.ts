import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import type { ChatRequest, JsonSchema } from '../../../../src/language/request';
import type { Provider } from '../../../../src/providers/provider';
import { openaiResponses } from '../../../../src/providers/wire/openai-responses';
import { decodeBytes, describeWire, type WireCase } from '../../../support/wire-contract';
import { reasoner, wireTarget } from '../../../support/wire-target';

const FOLDER = '../shared/fixtures';
const recorded = existsSync(FOLDER);
const read = (file: string): string => readFileSync(`${FOLDER}/${file}`, 'utf8');

/** Every body of the folder that is a Responses answer, by what it looks like. */
const isAnswer = (body: string): boolean => /"object":\s*"response"|"response\.created"/.test(body);
const files = (recorded ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }) : [])
	.map((file) => file.replaceAll('\\', '/'))
	.filter((file) => /\.(json|sse|chunks\.txt)$/.test(file) && !file.endsWith('.meta.json') && isAnswer(read(file)));

const STREAMS = [
	'azure/azure-text.1.chunks.txt',
	'azure/azure-tool-call.1.chunks.txt',
	'azure/v1-responses-stream.sse',
	'bedrock/mantle-responses-stream.sse',
	'deepseek/responses-stream.sse',
	'lmstudio/lmstudio-tool-call.1.chunks.txt',
	'lmstudio/lmstudio-tool-call.2.chunks.txt',
	'openai/github-copilot-id-rotation.1.chunks.txt',
	'openai/openai-custom-tool.1.chunks.txt',
	'openai/openai-phase.1.chunks.txt',
	'openai/openai-reasoning-encrypted-content.1.chunks.txt',
	'openai/responses-basic-stream.sse',
	'openai/responses-tool-stream.turn1.sse',
	'openai/responses-tool-stream.turn2.sse',
	'openai/responses-tools-stream2.sse',
];
/** Their bytes can't be read: their first event breaks off, or is no JSON. */
const UNREADABLE = ['openai/parallel-tool-call-wrapper.1.chunks.txt'];
const WHOLE = [
	'azure/azure-text.1.json',
	'azure/azure-tool-call.1.json',
	'azure/v1-responses.json',
	'lmstudio/lmstudio-tool-call.1.json',
	'openai/openai-custom-tool.1.json',
	'openai/openai-phase.1.json',
	'openai/openai-reasoning-encrypted-content.1.json',
	'openai/parallel-tool-call-wrapper.1.json',
	'openai/responses-basic.json',
	'openai/responses-moderation-blocked.json',
	'openai/responses-prompt-cache.turn1.json',
	'openai/responses-prompt-cache.turn2.json',
];

/** The payloads that vercel/ai keeps one per line, framed again as they came; the first answer where there are several. */
function framed(file: string): string {
	const lines = read(file).split('\n').filter(Boolean);
	const end = lines.findIndex((line) => line.includes('"response.completed"'));
	return lines
		.slice(0, end < 0 ? undefined : end + 1)
		.map((line) => `event: ${/"type":"(response\.[a-z_.]+)"/.exec(line)?.[1] ?? ''}\ndata: ${line}\n\n`)
		.join('');
}
const body = (file: string): string => (file.endsWith('.sse') ? read(file) : framed(file));

interface Counted {
	readonly usage?: { readonly input_tokens: number; readonly output_tokens: number } | null;
}
const tokens = ({ usage }: Counted): Pick<WireCase, 'tokens'> =>
	usage ? { tokens: { prompt: usage.input_tokens, completion: usage.output_tokens } } : {};

function streamCase(file: string): WireCase {
	const bytes = body(file);
	const payloads = [...bytes.matchAll(/^data: (\{.*)$/gm)].map((line) => JSON.parse(line[1] ?? ''));
	return { name: file, body: bytes, ...tokens(payloads.at(-1).response) };
}

describe.skipIf(!recorded)('recorded answers', () => {
	it('are all taken up, here or by name among those that can not be', () => {
		expect(files.sort()).toEqual([...STREAMS, ...UNREADABLE, ...WHOLE].sort());
	});

	describeWire(
		'of the Responses API',
		openaiResponses,
		{ finishMarker: /"type":\s*"response\.completed"|event: response\.completed/ },
		recorded
			? [
					...STREAMS.map(streamCase),
					...UNREADABLE.map((file): WireCase => ({ name: file, body: body(file), ends: 'error' })),
					...WHOLE.map((file): WireCase => ({ name: file, json: read(file), ...tokens(JSON.parse(read(file))) })),
				]
			: [],
	);

	const answer = (file: string, plan = {}) => openaiResponses.fromResponse(read(file), plan);
	const streamed = (file: string) => collect(decodeBytes(openaiResponses, new TextEncoder().encode(body(file)), 64));

	it('hold what their names promise', () => {
		expect(answer('openai/responses-prompt-cache.turn2.json').usage).toMatchObject({ input: 149, cacheRead: 6016 });
		expect(streamed('openai/github-copilot-id-rotation.1.chunks.txt').content).toEqual([
			{ type: 'reasoning', text: '**Counting character occurrences**' },
			{ type: 'text', text: expect.stringMatching(/^There are \*\*3\*\* letter/), phase: 'final_answer' },
		]);
		expect(answer('openai/openai-phase.1.json').content).toMatchObject([
			{ phase: 'commentary' },
			{ phase: 'final_answer' },
		]);
		expect(streamed('openai/openai-phase.1.chunks.txt').content).toMatchObject([
			{ text: expect.stringMatching(/^Got it — I’ll .* links\.$/), phase: 'commentary' },
			{ text: expect.stringMatching(/^Here are a few/), phase: 'final_answer' },
		]);
		expect(streamed('openai/openai-custom-tool.1.chunks.txt')).toMatchObject({
			content: [{ name: 'write_sql', arguments: '{"input":"SELECT * FROM users WHERE age > 25"}' }],
			finish: { kind: 'tool-calls', raw: 'completed' },
		});
		expect(streamed('bedrock/mantle-responses-stream.sse').content).toEqual([
			{ type: 'reasoning', text: 'We simply count: 1, 2, 3, 4, 5.' },
			{ type: 'text', text: 'Sure! Here’s a quick count:\n\n1  \n2  \n3  \n4  \n5' },
		]);
		expect(streamed('lmstudio/lmstudio-tool-call.1.chunks.txt').content.map((part) => part.type)).toEqual([
			'reasoning',
			'text',
			'tool-call',
		]);
	});

	it('have the calls of a parallel wrapper apart where the caller has no such tool', () => {
		const file = 'openai/parallel-tool-call-wrapper.1.json';
		expect(answer(file).content).toMatchObject([{ name: 'parallel' }]);
		expect(answer(file, { parallelWrapper: true })).toMatchObject({
			content: [
				{ id: 'call_parallel_0', name: 'weather', arguments: '{"location":"San Francisco"}' },
				{ id: 'call_parallel_1', name: 'cityAttractions', arguments: '{"city":"Rome"}' },
			],
			finish: { kind: 'tool-calls' },
		});
	});

	it('give back their sealed reasoning as it came, ahead of the call that followed it', () => {
		const file = 'openai/openai-reasoning-encrypted-content.1.chunks.txt';
		const done = body(file)
			.split('\n')
			.filter((line) => line.startsWith('data: ') && line.includes('"response.output_item.done"'))
			.map((line) => JSON.parse(line.slice('data: '.length)).item);
		const request: ChatRequest = {
			messages: [
				{ role: 'user', content: [{ type: 'text', text: '12 + 7?' }] },
				{ role: 'assistant', content: streamed(file).content },
			],
		};
		const { input } = JSON.parse(openaiResponses.toRequest(request, target('gpt-5.1-codex-max', false)).body);
		const { id: _id, status: _status, ...call } = done[1];
		expect(input.slice(1)).toEqual([done[0], call]);
	});

	it.each([
		['openai/responses-invalid-key.json', 401, 'upstream_rejected', 'key-dead'],
		['openai/chat-context-length.json', 400, 'context_too_long', 'context-too-long'],
		['compat/xai-err-invalid-key.json', 400, 'upstream_rejected', 'key-dead'],
		['azure/err-429.json', 429, 'rate_limited', 'rate-limited'],
	] as const)('%s with %i is %s', (file, status, code, failure) => {
		expect(openaiResponses.fromError(status, new Headers(), read(file))).toMatchObject({ code, upstream: { failure } });
	});
});

const PROVIDER: Provider = {
	id: 'openai',
	label: 'OpenAI',
	baseUrl: null,
	wire: 'openai-responses',
	auth: { kind: 'bearer' },
	defaultModel: 'gpt-5',
};
const target = (model: string, stream: boolean) =>
	wireTarget(PROVIDER, model, /gpt-5|grok/.test(model) ? reasoner('none', 'low', 'medium', 'high') : {}, stream);

interface Item {
	readonly type?: string;
	readonly role?: string;
	readonly content?: string | readonly { readonly text: string }[];
	readonly call_id?: string;
	readonly name?: string;
	readonly arguments?: string;
	readonly output?: string;
}
interface Body {
	readonly model: string;
	readonly stream: boolean;
	readonly input: readonly Item[];
	readonly instructions?: string;
	readonly reasoning?: { readonly effort: 'low' };
	readonly tools?: readonly { readonly name: string; readonly description: string; readonly parameters: JsonSchema }[];
	readonly moderation?: unknown;
	readonly prompt_cache_key?: string;
}

function messageOf(item: Item): ChatRequest['messages'][number] {
	const { type, role, content = '', call_id: id = '', name = '', output = '' } = item;
	if (type === 'function_call')
		return { role: 'assistant', content: [{ type: 'tool-call', id, name, arguments: item.arguments ?? '' }] };
	if (type === 'function_call_output') return { role: 'tool', callId: id, content: [{ type: 'text', text: output }] };
	const text = typeof content === 'string' ? content : content.map((part) => part.text).join('');
	return { role: role as 'user', content: [{ type: 'text', text }] };
}

function canonical({ input, instructions, reasoning, tools, prompt_cache_key, moderation }: Body): ChatRequest {
	const options = { ...(prompt_cache_key && { prompt_cache_key }), ...(moderation !== undefined && { moderation }) };
	return {
		messages: [
			...(instructions ? [{ role: 'system', content: [{ type: 'text', text: instructions }] } as const] : []),
			...input.map(messageOf),
		],
		...(reasoning && { reasoning }),
		...(tools && {
			tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
		}),
		providerOptions: { openai: options },
	};
}

/** Ways of saying one thing made the same: instructions are a first system item here, tools say that they aren't strict. */
const normal = ({ instructions, tools, ...body }: Body) => ({
	store: false,
	...body,
	input: [...(instructions ? [{ role: 'system', content: instructions }] : []), ...body.input],
	...(tools && { tools: tools.map((tool) => ({ strict: false, ...tool })) }),
	stream: body.stream || undefined,
});

describe.skipIf(!recorded)('recorded requests', () => {
	const metas = (recorded ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }) : [])
		.filter((file) => file.endsWith('.meta.json'))
		.map((file): [string, { url: string; body: Body }] => [file, JSON.parse(read(file)).request])
		.filter(([, { url, body: sent }]) => url.endsWith('/responses') && Array.isArray(sent.input));

	it('are there', () => expect(metas.length).toBeGreaterThan(8));

	it.each(metas)('%s is what the same conversation becomes here', (_file, { body: sent }) => {
		const wired = openaiResponses.toRequest(canonical(sent), target(sent.model, sent.stream));
		expect(JSON.parse(wired.body)).toEqual(normal(sent));
		expect(wired.warnings).toEqual([]);
		expect(wired.path).toBe('/responses');
	});
});
