import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/catalog/facts';
import { GatewayError } from '../../src/errors';
import { calibrationFor, type LearningPorts, learn, type Sent, stated } from '../../src/gateway/learning';
import type { Target } from '../../src/gateway/target';
import type { AssistantPart, Message, UserPart } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { type Usage, usageOf } from '../../src/language/usage';
import { tableEstimate } from '../../src/planner/count';
import type { EncodingPort } from '../../src/planner/encoding';
import { findProvider } from '../../src/providers/index';
import { type HealthScript, scriptedHealth } from '../support/scripted-health';
import { lostEncodings, noEncodings, textOf, unitEncodings } from '../support/unit-encoding';
import { virtualTime } from '../support/virtual-time';

const FACTS: ModelFacts = {
	provider: 'anthropic',
	model: 'claude-test',
	known: true,
	kind: 'chat',
	contextWindow: 200_000,
	inputLimit: null,
	maxOutput: 8_192,
	input: ['text'],
	tools: true,
	structuredOutput: true,
	reasoning: true,
	reasoningOptions: [],
	sampling: true,
	tokenizer: 'claude',
	prices: null,
	priceVersion: null,
};

function targetOf(facts: Partial<ModelFacts> = {}, trust: 'operator' | 'tenant' = 'operator'): Target {
	const all = { ...FACTS, ...facts };
	const provider = findProvider(all.provider);
	if (!provider) throw new Error(`no provider ${all.provider}`);
	return {
		provider,
		name: `${all.provider}/${all.model}`,
		model: all.model,
		upstreamModel: all.model,
		facts: all,
		credential: {
			rowId: 'row',
			name: 'row',
			source: 'organization',
			apiKey: 'key',
			baseUrl: 'https://api.test',
			trust,
			config: {},
		},
		place: { endpoint: 'anthropic@api.test', modelClass: all.model },
	};
}

const user = (...content: UserPart[]): Message => ({ role: 'user', content });
const text = (tokens: number): UserPart => ({ type: 'text', text: textOf(tokens) });
const said = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });

const sentOf = (fields: Partial<Sent> = {}): Sent => ({
	target: targetOf(),
	organizationId: 'org1',
	request: { messages: [user(text(1_000))] },
	estimated: 1_000,
	...fields,
});

const used = (input: number, parts: Partial<Usage> = {}): Usage => usageOf({ input, output: 50, ...parts });

const tooLong = (promptTokens?: number): GatewayError =>
	new GatewayError('context_too_long', 'too long', {
		upstream: { failure: 'context-too-long', scope: 'request', ...(promptTokens !== undefined && { promptTokens }) },
	});

function learning(script: HealthScript = {}, encodings: EncodingPort = unitEncodings()) {
	const time = virtualTime();
	const { health, samples } = scriptedHealth({ mayLearn: true, ...script });
	const deferred: Promise<unknown>[] = [];
	const logs: string[] = [];
	const ports: LearningPorts = {
		time,
		health,
		encodings,
		defer: (work) => {
			deferred.push(work);
		},
		log: (_level, event) => {
			logs.push(event);
		},
	};
	return {
		ports,
		samples,
		logs,
		deferred,
		later: async () => {
			await time.advance(1_000);
			await Promise.all(deferred);
		},
	};
}

const CORRECTED = { factor: 1.2, spread: 0, samples: 1 };

describe('an answer with usage', () => {
	it('teaches what the planner has counted of it, for nothing', () => {
		const { ports, samples, deferred } = learning({ mayLearn: false });
		learn(sentOf(), used(400, { cacheRead: 700, cacheWrite5m: 100 }), ports);
		expect(samples).toEqual([
			{
				tokenizer: 'claude',
				organizationId: 'org1',
				at: ports.time.now(),
				estimated: 1_000,
				actual: 1_200,
				by: 'usage',
			},
		]);
		expect(deferred).toEqual([]);
	});

	it('is counted in the background where lengths alone had decided, after it has left', async () => {
		const encodings = unitEncodings();
		const { ports, samples, deferred, later } = learning({}, encodings);
		const sent = sentOf({ estimated: null });
		learn(sent, used(1_200), ports);
		expect(deferred).toHaveLength(1);
		expect([samples, encodings.loaded]).toEqual([[], []]);
		await later();
		const encoding = await encodings.load('o200k_base');
		if (!encoding) throw new Error('no encoding');
		const estimated = tableEstimate(sent.request, FACTS, encoding);
		expect(estimated).toBeGreaterThan(1_000);
		expect(samples).toMatchObject([{ estimated, actual: 1_200, by: 'usage' }]);
	});

	it('is not counted where it is not yet time for another one', () => {
		const { ports, deferred } = learning({ mayLearn: false });
		learn(sentOf({ estimated: null }), used(1_200), ports);
		expect(deferred).toEqual([]);
	});

	it.each<[string, EncodingPort, string[]]>([
		['the ranks can not be had', lostEncodings, []],
		['counting fails', noEncodings, ['count-failed']],
	])('teaches nothing where %s', async (_, encodings, expected) => {
		const { ports, samples, logs, later } = learning({}, encodings);
		learn(sentOf({ estimated: null }), used(1_200), ports);
		await later();
		expect([samples, logs]).toEqual([[], expected]);
	});

	it('of more than 200 kB is not counted for that', async () => {
		const encodings = unitEncodings();
		const { ports, samples, later } = learning({}, encodings);
		learn(sentOf({ estimated: null, request: { messages: [user(text(50_001))] } }), used(50_000), ports);
		await later();
		expect([samples, encodings.loaded]).toEqual([[], []]);
	});

	const search: Partial<ChatRequest> = { dialect: { web_search_options: {} } };
	const image: UserPart = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } };
	const file: UserPart = { type: 'file', source: { kind: 'file-id', id: 'f' } };
	const audio: UserPart = { type: 'audio', data: 'AAAA', format: 'wav' };
	it.each<[string, Partial<Sent>, Usage | null]>([
		['it says nothing of usage', {}, null],
		['the prompt is short', {}, used(199)],
		['images were counted', {}, used(1_000, { inputImage: 100 })],
		['audio was counted', {}, used(1_000, { inputAudio: 100 })],
		['there is an image', { request: { messages: [user(text(1_000), image)] } }, used(1_200)],
		['there is a file', { request: { messages: [user(text(1_000), file)] } }, used(1_200)],
		['there is audio', { request: { messages: [user(text(1_000), audio)] } }, used(1_200)],
		[
			'there is reasoning of earlier turns',
			{ request: { messages: [user(text(1_000)), said({ type: 'reasoning', text: 'Hm.' }), user(text(1))] } },
			used(1_200),
		],
		['the upstream searches', { request: { messages: [user(text(1_000))], ...search } }, used(1_200)],
		['the model searches', { target: targetOf({ model: 'claude-test:online' }) }, used(1_200)],
		['the model is one that searches', { target: targetOf({ model: 'x/sonar-pro' }) }, used(1_200)],
		[
			"the provider's own options add who knows what",
			{ request: { messages: [user(text(1_000))], providerOptions: { anthropic: { tools: [] } } } },
			used(1_200),
		],
		['the provider is our own', { target: targetOf({ provider: 'mock', tokenizer: 'mock' }) }, used(1_200)],
		['the encoding is its own', { target: targetOf({ tokenizer: 'o200k' }) }, used(1_200)],
		['the older encoding is its own', { target: targetOf({ tokenizer: 'cl100k' }) }, used(1_200)],
	])('teaches nothing where %s', async (_, fields, usage) => {
		const { ports, samples, later } = learning();
		learn(sentOf(fields), usage, ports);
		learn(sentOf({ ...fields, estimated: null }), usage, ports);
		await later();
		expect(samples).toEqual([]);
	});

	it('teaches where there are tools, calls, refusals and options of others', () => {
		const { ports, samples } = learning();
		const call = { type: 'tool-call', id: 'c', name: 'f', arguments: '{}' } as const;
		const messages: Message[] = [
			user(text(1_000)),
			said({ type: 'refusal', text: 'No.' }, call),
			{ role: 'tool', callId: 'c', content: [{ type: 'text', text: 'ok' }] },
		];
		const request: ChatRequest = { messages, tools: [{ name: 'f' }], providerOptions: { openai: {} } };
		learn(sentOf({ request }), used(1_200), ports);
		expect(samples).toHaveLength(1);
	});

	it('brings a corrected exact count back, but never below what was counted', () => {
		const { ports, samples } = learning({ calibrations: { o200k: CORRECTED } });
		const target = targetOf({ tokenizer: 'o200k' });
		learn(sentOf({ target }), used(1_050), ports);
		learn(sentOf({ target }), used(900), ports);
		learn(sentOf({ target, estimated: null }), used(900), ports);
		expect(samples.map(({ actual }) => actual)).toEqual([1_050, 1_000]);
	});
});

describe('a refusal as too long', () => {
	it('teaches at once, whatever the encoding', () => {
		const { ports, samples, deferred } = learning({ mayLearn: false });
		stated(sentOf(), tooLong(1_500), ports);
		stated(sentOf({ target: targetOf({ tokenizer: 'o200k' }) }), tooLong(1_100), ports);
		expect(samples).toMatchObject([
			{ tokenizer: 'claude', estimated: 1_000, actual: 1_500, by: 'stated' },
			{ tokenizer: 'o200k', estimated: 1_000, actual: 1_100, by: 'stated' },
		]);
		expect(deferred).toEqual([]);
	});

	it('of what nobody has counted is counted in the background', async () => {
		const { ports, samples, later } = learning();
		stated(sentOf({ estimated: null }), tooLong(1_500), ports);
		await later();
		expect(samples).toMatchObject([{ actual: 1_500, by: 'stated' }]);
	});

	it.each<[string, Partial<Sent>, number | undefined]>([
		['it names no count', {}, undefined],
		['there is audio', { request: { messages: [user({ type: 'audio', data: 'AAAA', format: 'wav' })] } }, 1_500],
		['the provider is our own', { target: targetOf({ provider: 'mock', tokenizer: 'mock' }) }, 1_500],
	])('teaches nothing where %s', async (_, fields, promptTokens) => {
		const { ports, samples, later } = learning();
		stated(sentOf(fields), tooLong(promptTokens), ports);
		stated(sentOf({ ...fields, estimated: null }), tooLong(promptTokens), ports);
		await later();
		expect(samples).toEqual([]);
	});
});

describe('what was learned', () => {
	it('is asked for by the tokenizer of the target', () => {
		const { ports } = learning({ calibrations: { claude: CORRECTED, 'unknown mine': CORRECTED } });
		expect(calibrationFor(targetOf(), ports)).toEqual(CORRECTED);
		expect(calibrationFor(targetOf({ tokenizer: 'gemini' }), ports)).toBeNull();
		const own = { tokenizer: 'unknown', model: 'mine' } as const;
		expect(calibrationFor(targetOf(own, 'tenant'), ports)).toEqual(CORRECTED);
		expect(calibrationFor(targetOf(own), ports)).toBeNull();
	});
});
