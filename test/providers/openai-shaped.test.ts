import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { azureOpenai } from '../../src/providers/azure-openai';
import type { ProviderConfig } from '../../src/providers/config';
import { groq } from '../../src/providers/groq';
import { huggingface } from '../../src/providers/huggingface';
import { lmstudio } from '../../src/providers/lmstudio';
import { metaLlama } from '../../src/providers/meta-llama';
import { mistral } from '../../src/providers/mistral';
import { openai } from '../../src/providers/openai';
import { openrouter } from '../../src/providers/openrouter';
import type { ModelTraits, Provider } from '../../src/providers/provider';
import { transformers } from '../../src/providers/transformers';
import { wireChoice } from '../../src/providers/wire-choice';
import { workersAi } from '../../src/providers/workers-ai';
import { fittedRequest } from '../support/fitted-request';
import { reasoner, wireTarget } from '../support/wire-target';

const text = (value: string) => ({ type: 'text' as const, text: value });
const HELLO: Message = { role: 'user', content: [text('Hello')] };
const call = (id: string): AssistantPart => ({ type: 'tool-call', id, name: 'f', arguments: '{}' });
const result = (callId: string): Message => ({ role: 'tool', callId, content: [text('ok')] });
const tools = [{ name: 'f' }, { name: 'g' }];

function sent(provider: Provider, request: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}, model = 'm') {
	const target = wireTarget(provider, model, traits, false);
	return fittedRequest(provider, target, { messages: [HELLO], ...request });
}

/** Where a call of a wire goes. */
function urlOf(provider: Provider, path: string, baseUrl: string, config: ProviderConfig = {}, model = 'm'): string {
	const upstream = provider.routing?.model?.(model, config) ?? model;
	return new URL(baseUrl + (provider.routing?.path?.(path, upstream, config, baseUrl) ?? path)).href;
}

describe('Azure OpenAI', () => {
	const HOST = 'https://res.openai.azure.com';
	const chat = (baseUrl: string, config?: ProviderConfig) =>
		urlOf(azureOpenai, '/chat/completions', baseUrl, config, 'gpt-5-mini');
	const dated = { apiVersion: '2024-10-21' };

	it('is reached by its v1 API, where the deployment is the model', () => {
		expect(chat(HOST)).toBe(`${HOST}/openai/v1/chat/completions`);
		expect(urlOf(azureOpenai, '/embeddings', HOST)).toBe(`${HOST}/openai/v1/embeddings`);
		expect(urlOf(azureOpenai, '/responses', HOST)).toBe(`${HOST}/openai/v1/responses`);
		const config = { deployments: { 'gpt-5-mini': 'mini-eu' } };
		expect(azureOpenai.routing?.model?.('gpt-5-mini', config)).toBe('mini-eu');
		expect(azureOpenai.routing?.model?.('other', config)).toBe('other');
		expect(azureOpenai.routing?.model?.('constructor', config)).toBe('constructor');
	});

	it('is reached by deployment where an API version is configured', () => {
		const config = { ...dated, deployments: { 'gpt-5-mini': 'mini eu' } };
		const root = `${HOST}/openai/deployments/mini%20eu`;
		expect(chat(HOST, config)).toBe(`${root}/chat/completions?api-version=2024-10-21`);
		expect(urlOf(azureOpenai, '/embeddings', HOST, config, 'gpt-5-mini')).toBe(
			`${root}/embeddings?api-version=2024-10-21`,
		);
		expect(urlOf(azureOpenai, '/responses', HOST, dated)).toBe(`${HOST}/openai/responses?api-version=2024-10-21`);
	});

	it('is not told twice what its base URL says', () => {
		expect(chat(`${HOST}/openai/v1`)).toBe(`${HOST}/openai/v1/chat/completions`);
		expect(chat(`${HOST}/openai/v1`, { apiVersion: 'preview' })).toBe(
			`${HOST}/openai/v1/chat/completions?api-version=preview`,
		);
		expect(chat(`${HOST}/openai`)).toBe(`${HOST}/openai/v1/chat/completions`);
		expect(chat(`${HOST}/openai`, dated)).toBe(
			`${HOST}/openai/deployments/gpt-5-mini/chat/completions?api-version=2024-10-21`,
		);
		const deployment = `${HOST}/openai/deployments/mine`;
		expect(chat(deployment)).toBe(`${deployment}/chat/completions?api-version=2024-10-21`);
		expect(chat(deployment, { apiVersion: '2025-01-01-preview' })).toBe(
			`${deployment}/chat/completions?api-version=2025-01-01-preview`,
		);
	});

	it("is reached at Foundry's model inference", () => {
		const foundry = 'https://res.services.ai.azure.com/models';
		expect(chat(foundry)).toBe(`${foundry}/chat/completions?api-version=2024-05-01-preview`);
	});

	it('has its list of models in one place', () => {
		const list = azureOpenai.modelsPath ?? '';
		expect(HOST + list).toBe(`${HOST}/openai/v1/models`);
		expect(urlOf(azureOpenai, list, HOST)).toBe(`${HOST}/openai/v1/models`);
		expect(urlOf(azureOpenai, list, `${HOST}/openai/v1`)).toBe(`${HOST}/openai/v1/models`);
		expect(urlOf(azureOpenai, list, HOST, dated)).toBe(`${HOST}/openai/models?api-version=2024-10-21`);
	});
});

describe('Hugging Face', () => {
	const ROUTER = 'https://router.huggingface.co/v1';
	const PIPELINE = '/hf-inference/models/a/b/pipeline/feature-extraction';

	it('has its embeddings on the same host outside its root', () => {
		expect(urlOf(huggingface, PIPELINE, ROUTER)).toBe(`https://router.huggingface.co${PIPELINE}`);
		expect(urlOf(huggingface, PIPELINE, 'http://localhost:9/v1')).toBe(`http://localhost:9${PIPELINE}`);
		expect(urlOf(huggingface, '/chat/completions', ROUTER)).toBe(`${ROUTER}/chat/completions`);
	});

	it('is an endpoint of its own where the base URL is a bare host', () => {
		const own = 'https://x.endpoints.huggingface.cloud';
		expect(urlOf(huggingface, PIPELINE, own)).toBe(`${own}/`);
		expect(urlOf(huggingface, '/chat/completions', own)).toBe(`${own}/v1/chat/completions`);
	});

	it('bills whom the configuration names', () => {
		expect(huggingface.routing?.headers?.({ billTo: 'acme' })).toEqual({ 'x-hf-bill-to': 'acme' });
		expect(huggingface.routing?.headers?.({})).toEqual({});
	});

	it('gives five alternatives to a token', () => {
		const asked = sent(huggingface, { logprobs: { top: 9 } });
		expect(asked.body).toMatchObject({ logprobs: true, top_logprobs: 5 });
		expect(asked.fields).toEqual(['logprobs']);
	});
});

describe('Workers AI', () => {
	const ROOT = 'https://api.cloudflare.com/client/v4/accounts/acc/ai';

	it('is addressed by account', () => {
		expect(workersAi.routing?.baseUrl?.({ accountId: 'acc' })).toBe(ROOT);
		expect(workersAi.routing?.baseUrl?.({})).toBeNull();
		expect(urlOf(workersAi, '/chat/completions', ROOT)).toBe(`${ROOT}/v1/chat/completions`);
		expect(urlOf(workersAi, '/chat/completions', `${ROOT}/v1`)).toBe(`${ROOT}/v1/chat/completions`);
		expect(urlOf(workersAi, '/run/@cf/baai/bge-m3', ROOT)).toBe(`${ROOT}/run/@cf/baai/bge-m3`);
		expect(urlOf(workersAi, workersAi.modelsPath ?? '', ROOT)).toBe(`${ROOT}/models/search?per_page=1`);
	});

	it('is told to stop thinking by the switch of its template', () => {
		const traits = {
			reasoning: true,
			reasoningOptions: [{ type: 'toggle' as const }, { type: 'effort' as const, values: ['low', 'medium', 'high'] }],
		};
		expect(sent(workersAi, { reasoning: { effort: 'none' } }, traits).body).toMatchObject({
			chat_template_kwargs: { enable_thinking: false },
		});
		expect(sent(workersAi, { reasoning: { effort: 'high' } }, traits).body).toMatchObject({ reasoning_effort: 'high' });
	});

	it('is never sent content that is null, nor a limit nobody asked for', () => {
		const { body } = sent(workersAi, { messages: [HELLO, { role: 'assistant', content: [call('c')] }, result('c')] });
		expect(body).toMatchObject({ messages: [{}, { content: '' }, {}] });
		expect(body).not.toHaveProperty('max_tokens');
	});
});

describe('Mistral', () => {
	it('gets its own words for seed and for a required call', () => {
		const asked = sent(mistral, { seed: 7, tools, toolChoice: 'required' });
		expect(asked.body).toMatchObject({ random_seed: 7, tool_choice: 'any' });
		expect(asked.body).not.toHaveProperty('seed');
		expect(sent(mistral, { tools, toolChoice: { name: 'g' } }).body).toMatchObject({
			tool_choice: { type: 'function', function: { name: 'g' } },
		});
	});

	it('gets no field that it would refuse', () => {
		const request: Partial<ChatRequest> = { user: 'u', topK: 3, logprobs: { top: 1 }, metadata: { a: 'b' } };
		const asked = fittedRequest(mistral, wireTarget(mistral, 'm', {}, true), { messages: [HELLO], ...request });
		expect(Object.keys(asked.body)).toEqual(['model', 'messages', 'stream']);
		expect(asked.fields).toEqual(['topK', 'logprobs', 'user', 'metadata']);
	});

	it('gets a temperature it takes', () => {
		const asked = sent(mistral, { temperature: 1.9 });
		expect(asked).toMatchObject({ body: { temperature: 1.5 }, fields: ['temperature'] });
		expect(sent(mistral, { temperature: 1.5 }).fields).toEqual([]);
	});

	it('gets ids of nine letters or digits, alike in calls and results', () => {
		const messages: Message[] = [
			HELLO,
			{ role: 'assistant', content: [call('call_abc'), call('gSIMJiOkT')] },
			result('call_abc'),
			result('gSIMJiOkT'),
		];
		const wire = sent(mistral, { messages, tools }).body.messages as Record<string, { id: string }[] & string>[];
		const ids = wire[1]?.tool_calls?.map(({ id }) => id);
		expect(ids).toEqual([expect.stringMatching(/^[A-Za-z0-9]{9}$/), 'gSIMJiOkT']);
		expect(wire.slice(2).map((message) => message.tool_call_id)).toEqual(ids);
	});

	it('hears an assistant between a result and a user, and only there', () => {
		const loop: Message[] = [HELLO, { role: 'assistant', content: [call('a')] }, result('a')];
		const answer: Message = { role: 'assistant', content: [text('So.')] };
		const roles = (messages: Message[]) =>
			(sent(mistral, { messages, tools }).body.messages as { role: string }[]).map(({ role }) => role);
		expect(roles([...loop, HELLO])).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
		expect(roles([...loop, answer, HELLO])).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
		expect(roles(loop)).toEqual(['user', 'assistant', 'tool']);
		expect(sent(mistral, { messages: [...loop, HELLO], tools }).body).toMatchObject({
			messages: [{}, {}, {}, { role: 'assistant', content: expect.stringMatching(/./) }, {}],
		});
	});

	it('gets files as documents and audio as it is', () => {
		const data = { kind: 'data' as const, mediaType: 'application/pdf', data: 'AAAA' };
		const content = [
			{ type: 'file' as const, source: data, filename: 'a.pdf' },
			{ type: 'file' as const, source: { kind: 'url' as const, url: 'https://x.test/b.pdf' } },
			{ type: 'file' as const, source: { kind: 'file-id' as const, id: 'f1' } },
			{ type: 'audio' as const, data: 'BBBB', format: 'mp3' },
		];
		expect(sent(mistral, { messages: [{ role: 'user', content }] }).body.messages).toEqual([
			{
				role: 'user',
				content: [
					{ type: 'document_url', document_url: 'data:application/pdf;base64,AAAA', document_name: 'a.pdf' },
					{ type: 'document_url', document_url: 'https://x.test/b.pdf' },
					{ type: 'file', file_id: 'f1' },
					{ type: 'input_audio', input_audio: 'BBBB' },
				],
			},
		]);
	});
});

describe('Groq', () => {
	const qwen = { reasoning: true, reasoningOptions: [{ type: 'effort' as const, values: ['none', 'default'] }] };

	it('keeps the thoughts of Qwen out of its text, or hides them', () => {
		expect(sent(groq, {}, qwen, 'qwen/qwen3-32b').body).toMatchObject({ reasoning_format: 'parsed' });
		expect(sent(groq, { reasoning: { summary: 'none' } }, qwen, 'qwen/qwen3-32b').body).toMatchObject({
			reasoning_format: 'hidden',
		});
		expect(sent(groq, {}, reasoner('low'), 'openai/gpt-oss-20b').body).not.toHaveProperty('reasoning_format');
	});
});

describe('OpenRouter', () => {
	it('is told whose application calls', () => {
		expect(openrouter.routing?.headers?.({ referer: 'https://a.test', title: 'A' })).toEqual({
			'http-referer': 'https://a.test',
			'x-title': 'A',
		});
		expect(openrouter.routing?.headers?.({})).toEqual({});
	});

	it('is asked to keep reasoning to itself', () => {
		const hidden = (reasoning: ChatRequest['reasoning']) =>
			sent(openrouter, reasoning ? { reasoning } : {}, { reasoning: true }).body.reasoning;
		expect(hidden({ summary: 'none' })).toEqual({ exclude: true });
		expect(hidden({ effort: 'low', summary: 'none' })).toEqual({ effort: 'low', exclude: true });
		expect(hidden({ effort: 'low', summary: 'auto' })).toEqual({ effort: 'low' });
	});
});

describe('Meta', () => {
	it('always reasons, so that none becomes the least', () => {
		const asked = sent(metaLlama, { reasoning: { effort: 'none' } }, { known: false });
		expect(asked).toMatchObject({ body: { reasoning_effort: 'minimal' }, fields: ['reasoning'] });
	});

	it('chooses tools itself: no choice is sent, and none means no tools', () => {
		const asked = (toolChoice: ChatRequest['toolChoice']) => sent(metaLlama, toolChoice ? { tools, toolChoice } : {});
		expect(asked('auto')).toMatchObject({ body: { tools: [{}, {}] }, fields: [] });
		for (const choice of ['required', { name: 'f' }] as const) {
			expect(asked(choice)).toMatchObject({ body: { tools: [{}, {}] }, fields: ['toolChoice'] });
			expect(asked(choice).body).not.toHaveProperty('tool_choice');
		}
		expect(asked('none').fields).toEqual(['toolChoice']);
		expect(asked('none').body).not.toHaveProperty('tools');
	});
});

describe('LM Studio', () => {
	it('gets one tool, required, in place of its name', () => {
		const asked = sent(lmstudio, { tools, toolChoice: { name: 'g' } });
		expect(asked.body).toMatchObject({ tools: [{ function: { name: 'g' } }], tool_choice: 'required' });
		expect(asked.fields).toEqual(['toolChoice']);
	});

	it('gets JSON mode as a schema of any object', () => {
		const asked = sent(lmstudio, { responseFormat: { type: 'json' } });
		expect(asked.body.response_format).toMatchObject({
			type: 'json_schema',
			json_schema: { schema: { type: 'object' } },
		});
		expect(asked.fields).toEqual([]);
	});
});

describe('transformers serve', () => {
	it('is told in words what it has no field for', () => {
		const asked = sent(transformers, { responseFormat: { type: 'json' }, stop: ['x'] });
		expect(asked.body).toMatchObject({ messages: [{ role: 'system' }, { role: 'user' }], stop: ['x'] });
		expect(asked.body).not.toHaveProperty('response_format');
		expect(asked.fields).toEqual(['responseFormat']);
	});
});

describe('OpenAI', () => {
	const wireOf = (model: string, request: Partial<ChatRequest> = {}) =>
		wireChoice(openai, model, { messages: [HELLO], ...request }).wire;

	it('names its organization and project', () => {
		expect(openai.routing?.headers?.({ organization: 'org-1', project: 'proj_1' })).toEqual({
			'openai-organization': 'org-1',
			'openai-project': 'proj_1',
		});
	});

	it.each([
		'o1-pro',
		'o3-pro-2025-06-10',
		'gpt-5.4-pro',
		'gpt-5.1-codex-max',
		'o4-mini-deep-research',
		'computer-use-preview',
	])('has %s in the Responses API alone', (model) => expect(wireOf(model)).toBe('openai-responses'));

	it.each(['gpt-5-mini', 'gpt-4o', 'gpt-5.4-mini', 'o3', 'gpt-5.3-chat-latest'])(
		'has %s in Chat Completions',
		(model) => expect(wireOf(model)).toBe('openai-chat'),
	);

	it('takes tools of models that reason from GPT-5.4 on in the Responses API alone', () => {
		expect(wireOf('gpt-5.5', { tools })).toBe('openai-responses');
		expect(wireOf('gpt-5.5', { tools, reasoning: { effort: 'low' } })).toBe('openai-responses');
		expect(wireOf('gpt-5.5', { tools, reasoning: { effort: 'none' } })).toBe('openai-chat');
		expect(wireOf('gpt-5.5', { tools: [] })).toBe('openai-chat');
		expect(wireOf('gpt-5.1', { tools })).toBe('openai-chat');
	});
});
