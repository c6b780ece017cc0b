import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { bedrock } from '../../../../src/providers/bedrock';
import type { ModelTraits } from '../../../../src/providers/provider';
import { bedrockConverse } from '../../../../src/providers/wire/bedrock-converse';
import { wireTarget } from '../../../support/wire-target';

const CLAUDE = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const NOVA = 'eu.amazon.nova-2-lite-v1:0';
const LLAMA = 'meta.llama3-3-70b-instruct-v1:0';
const MISTRAL = 'mistral.mistral-large-2407-v1:0';
const GPT = 'openai.gpt-oss-120b-1:0';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });
const HI = [user('Hi')];

interface Sent {
	readonly body: Record<string, unknown>;
	readonly warnings: readonly string[];
	readonly path: string;
	readonly plan: ReturnType<typeof bedrockConverse.toRequest>['plan'];
}

function sent(request: Partial<ChatRequest>, model = CLAUDE, traits: Partial<ModelTraits> = {}): Sent {
	const wired = bedrockConverse.toRequest({ messages: HI, ...request }, wireTarget(bedrock, model, traits));
	return {
		body: JSON.parse(wired.body),
		warnings: wired.warnings.map((warning) => warning.field),
		path: wired.path,
		plan: wired.plan,
	};
}

const refused = (request: Partial<ChatRequest>, model = CLAUDE) => {
	try {
		sent(request, model);
		return null;
	} catch (error) {
		return error;
	}
};
const invalidAt = (param: string) => expect.objectContaining({ code: 'invalid_request', param });

describe('a Converse request', () => {
	it('has the model in its path, encoded once, whatever its kind of name', () => {
		expect(sent({}).path).toBe('/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse');
		const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';
		expect(sent({}, arn).path).toBe(
			'/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0/converse',
		);
		const streamed = bedrockConverse.toRequest({ messages: HI }, wireTarget(bedrock, NOVA, {}, true));
		expect(streamed.path).toBe('/model/eu.amazon.nova-2-lite-v1%3A0/converse-stream');
		expect(streamed.headers).toEqual({
			'content-type': 'application/json',
			accept: 'application/vnd.amazon.eventstream',
		});
	});

	it('says nothing that was not asked for', () => {
		expect(sent({}).body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }], inferenceConfig: {} });
		expect(sent({}).warnings).toEqual([]);
	});

	it('has its settings in inferenceConfig', () => {
		const { body, warnings } = sent({ maxTokens: 100, temperature: 0.5, stop: ['END'] });
		expect(body.inferenceConfig).toEqual({ maxTokens: 100, temperature: 0.5, stopSequences: ['END'] });
		expect(sent({ topP: 0.9, temperature: 0.5 }, LLAMA).body.inferenceConfig).toEqual({ topP: 0.9, temperature: 0.5 });
		expect(warnings).toEqual([]);
	});

	it('has topK where the maker of the model wants it, and says where there is none', () => {
		expect(sent({ topK: 5 }).body.additionalModelRequestFields).toEqual({ top_k: 5 });
		expect(sent({ topK: 5 }, NOVA).body.additionalModelRequestFields).toEqual({ inferenceConfig: { topK: 5 } });
		expect(sent({ topK: 5 }, 'cohere.command-r-v1:0').body.additionalModelRequestFields).toEqual({ k: 5 });
		expect(sent({ topK: 5 }, LLAMA)).toMatchObject({ warnings: ['topK'], body: { inferenceConfig: {} } });
	});

	it('lowers a bound above what the model gives, and says so', () => {
		const { body, warnings } = sent({ maxTokens: 9000 }, LLAMA, { maxOutput: 4096 });
		expect(body.inferenceConfig).toEqual({ maxTokens: 4096 });
		expect(warnings).toEqual(['maxTokens']);
	});

	it('leaves out stop sequences and sampling for models that refuse them', () => {
		expect(sent({ stop: ['x'] }, GPT)).toMatchObject({ body: { inferenceConfig: {} }, warnings: ['stop'] });
		expect(sent({ temperature: 0.2 }, GPT, { sampling: false }).warnings).toEqual(['temperature']);
	});

	it('has metadata by which logs are filtered, as far as Bedrock takes it', () => {
		expect(sent({ metadata: { team: 'a-1', run: 'x y' } }).body.requestMetadata).toEqual({ team: 'a-1', run: 'x y' });
		const odd = sent({ metadata: { ok: 'yes', ünïcode: 'x', long: 'x'.repeat(300) } });
		expect(odd).toMatchObject({ warnings: ['metadata'], body: { requestMetadata: { ok: 'yes' } } });
	});

	it('lays the caller’s own fields over it, and refuses those that the gateway decides', () => {
		const { body } = sent({
			topK: 3,
			temperature: 1,
			providerOptions: {
				bedrock: {
					guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
					performanceConfig: { latency: 'optimized' },
					serviceTier: { type: 'flex' },
					additionalModelRequestFields: { anthropic_beta: ['context-1m'] },
				},
				openai: { seed: 1 },
			},
		});
		expect(body).toMatchObject({
			guardrailConfig: { guardrailIdentifier: 'g' },
			performanceConfig: { latency: 'optimized' },
			serviceTier: { type: 'flex' },
			additionalModelRequestFields: { top_k: 3, anthropic_beta: ['context-1m'] },
		});
		expect(body).not.toHaveProperty('seed');
		for (const field of ['messages', 'system', 'toolConfig', 'modelId', 'stream']) {
			expect(refused({ providerOptions: { bedrock: { [field]: 1 } } })).toEqual(
				invalidAt(`providerOptions.bedrock.${field}`),
			);
		}
	});
});

describe('a conversation for Converse', () => {
	it('has its instructions apart and its turns merged, blank texts left out', () => {
		const { body, warnings } = sent({
			messages: [
				{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
				user('a'),
				user(' \n'),
				user('b'),
				assistant('c'),
				assistant('d  '),
				user('e'),
			],
		});
		expect(body.system).toEqual([{ text: 'Be brief.' }]);
		expect(body.messages).toEqual([
			{ role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
			{ role: 'assistant', content: [{ text: 'c' }, { text: 'd  ' }] },
			{ role: 'user', content: [{ text: 'e' }] },
		]);
		expect(warnings).toEqual([]);
	});

	it('moves later instructions ahead and says so', () => {
		const { body, warnings } = sent({
			messages: [user('a'), { role: 'system', content: [{ type: 'text', text: 'Now in French.' }] }, user('b')],
		});
		expect(body).toMatchObject({ system: [{ text: 'Now in French.' }], messages: [{ role: 'user' }] });
		expect(warnings).toEqual(['messages']);
	});

	it('lets the user begin, and says where a turn was put ahead for that', () => {
		const { body, warnings } = sent({ messages: [assistant('Welcome!'), user('Hi')] });
		expect(body.messages).toMatchObject([{ role: 'user' }, { role: 'assistant' }, { role: 'user' }]);
		expect(warnings).toEqual(['messages']);
		expect(refused({ messages: [assistant('Welcome!')], strict: true })).toEqual(invalidAt('messages'));
	});

	it('is refused where nothing is said', () => {
		expect(refused({ messages: [user(' ')] })).toEqual(invalidAt('messages'));
	});

	it('ends a prefilled answer without white space', () => {
		expect(sent({ messages: [user('a'), assistant('{ \n')] }).body.messages).toMatchObject([
			{},
			{ content: [{ text: '{' }] },
		]);
	});

	it('puts instructions into the first user turn for models that take none', () => {
		const { body, warnings } = sent(
			{ messages: [{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }, user('Hi')] },
			'mistral.mistral-7b-instruct-v0:2',
		);
		expect(body).not.toHaveProperty('system');
		expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'Be brief.' }, { text: 'Hi' }] }]);
		expect(warnings).toEqual(['messages']);
	});
});

describe('media for Converse', () => {
	const media = (part: object): Partial<ChatRequest> => ({
		messages: [{ role: 'user', content: [{ type: 'text', text: 'See:' }, part as never] }],
	});
	const file = (mediaType: string, filename?: string, rest: object = {}) =>
		({
			type: 'file',
			source: { kind: 'data', mediaType, data: 'QQ==' },
			...(filename && { filename }),
			...rest,
		}) as const;
	const blockOf = (part: object, model = CLAUDE) =>
		(sent(media(part), model).body.messages as { content: unknown[] }[])[0]?.content.slice(1);

	it('is sent as bytes', () => {
		const image = { type: 'image', source: { kind: 'data', mediaType: 'image/JPG', data: 'QQ==' } };
		expect(blockOf(image)).toEqual([{ image: { format: 'jpeg', source: { bytes: 'QQ==' } } }]);
		expect(blockOf({ type: 'audio', data: 'QQ==', format: 'wav' })).toEqual([
			{ audio: { format: 'wav', source: { bytes: 'QQ==' } } },
		]);
		expect(blockOf(file('video/mp4', 'a.mp4'))).toEqual([{ video: { format: 'mp4', source: { bytes: 'QQ==' } } }]);
		expect(blockOf(file('image/png', 'a.png'))).toEqual([{ image: { format: 'png', source: { bytes: 'QQ==' } } }]);
	});

	it('is refused where Bedrock would have to fetch it, or does not know it, naming the part', () => {
		const at = invalidAt('messages[0].content[1]');
		const url = { kind: 'url', url: 'https://example.com/a.png' };
		for (const part of [
			{ type: 'image', source: url },
			{ type: 'image', source: { kind: 'file-id', id: 'f' } },
			{ type: 'image', source: { kind: 'data', mediaType: 'image/tiff', data: 'QQ==' } },
			{ type: 'file', source: url },
			{ type: 'audio', data: 'QQ==', format: 'midi' },
			file('application/zip'),
		]) {
			expect(refused(media(part))).toEqual(at);
		}
	});

	it('has documents under names that Bedrock takes, no two alike', () => {
		const names = (...filenames: (string | undefined)[]) => {
			const content = [{ type: 'text', text: 'x' }, ...filenames.map((name) => file('application/pdf', name))] as never;
			const { messages } = sent({ messages: [{ role: 'user', content }] }).body as {
				messages: { content: { document?: { name: string } }[] }[];
			};
			return messages[0]?.content.flatMap((block) => block.document?.name ?? []);
		};
		expect(names("John's  report_v1.final.pdf", 'résumé　x.pdf', undefined, '.pdf', '报告.pdf')).toEqual([
			'John s report v1 final',
			'r sum x',
			'document',
			'document 2',
			'document 3',
		]);
		const long = names(`${'a'.repeat(300)}.pdf`, `${'a'.repeat(300)}.pdf`);
		expect(long?.map((name) => name.length)).toEqual([200, 200]);
		expect(new Set(long).size).toBe(2);
	});

	it('has the formats of documents, text where nothing else fits', () => {
		const formatOf = (mediaType: string) =>
			(blockOf(file(mediaType)) as { document: { format: string } }[])[0]?.document.format;
		expect(
			['application/pdf', 'text/csv', 'text/markdown', 'text/plain; charset=utf-8', 'application/json'].map(formatOf),
		).toEqual(['pdf', 'csv', 'md', 'txt', 'txt']);
	});

	it('has a text beside a document, and says where one was added', () => {
		const { body, warnings } = sent({ messages: [{ role: 'user', content: [file('application/pdf', 'a.pdf')] }] });
		expect(body.messages).toMatchObject([{ content: [{ document: { name: 'a' } }, { text: expect.any(String) }] }]);
		expect(warnings).toEqual(['messages']);
	});
});

describe('cache points', () => {
	const cached = (text: string, cache: true | '1h' = true) => ({ type: 'text', text, cache }) as const;
	const POINT = { cachePoint: { type: 'default' } };
	const HOUR = { cachePoint: { type: 'default', ttl: '1h' } };

	it('follow what they close, for as long as was asked', () => {
		const { body, warnings } = sent({
			tools: [{ name: 'f', cache: '1h' }],
			messages: [
				{ role: 'system', content: [cached('s', '1h')] },
				{ role: 'user', content: [cached('u'), { type: 'text', text: 'v' }] },
			],
		});
		expect((body.toolConfig as { tools: unknown[] }).tools[1]).toEqual(HOUR);
		expect(body.system).toEqual([{ text: 's' }, HOUR]);
		expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'u' }, POINT, { text: 'v' }] }]);
		expect(warnings).toEqual([]);
	});

	it('live for an hour ahead of one that does, since Bedrock refuses the other order', () => {
		const { body, warnings } = sent({
			messages: [
				{ role: 'system', content: [cached('s')] },
				{ role: 'user', content: [cached('u', '1h'), cached('v')] },
			],
		});
		expect(body.system).toEqual([{ text: 's' }, HOUR]);
		expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'u' }, HOUR, { text: 'v' }, POINT] }]);
		expect(warnings).toEqual(['cache']);
	});

	it('live for five minutes where the model knows no more', () => {
		const request = { messages: [{ role: 'user', content: [cached('u', '1h')] }] } as const;
		for (const model of [
			NOVA,
			'anthropic.claude-3-7-sonnet-20250219-v1:0',
			'anthropic.claude-sonnet-4-20250514-v1:0',
		]) {
			const { body, warnings } = sent(request, model);
			expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'u' }, POINT] }]);
			expect(warnings).toEqual(['cache']);
		}
	});

	it('are four at most, the last ones', () => {
		const { body, warnings } = sent({
			messages: [{ role: 'user', content: ['a', 'b', 'c', 'd', 'e'].map((text) => cached(text)) }],
		});
		const [{ content } = { content: [] }] = body.messages as { content: object[] }[];
		expect(content.map((block) => ('cachePoint' in block ? 'point' : Object.values(block)[0])).join(' ')).toBe(
			'a b point c point d point e point',
		);
		expect(warnings).toEqual(['cache']);
	});

	it('stand where the maker of the model takes them only; as hints they go in silence', () => {
		const request: Partial<ChatRequest> = {
			tools: [{ name: 'f', cache: true }],
			messages: [{ role: 'user', content: [cached('u')] }],
		};
		const nova = sent(request, NOVA);
		expect(JSON.stringify(nova.body.toolConfig)).not.toContain('cachePoint');
		expect(nova.body.messages).toEqual([{ role: 'user', content: [{ text: 'u' }, POINT] }]);
		expect(nova.warnings).toEqual([]);
		const llama = sent(request, LLAMA);
		expect(JSON.stringify(llama.body)).not.toContain('cachePoint');
		expect(llama.warnings).toEqual([]);
	});

	it('follow a tool’s result, never inside it, and never right behind a document of text', () => {
		const { body } = sent({
			tools: [{ name: 'f' }],
			messages: [
				user('q'),
				{ role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }] },
				{ role: 'tool', callId: 'a', content: [cached('r')] },
				{
					role: 'user',
					content: [
						{
							type: 'file',
							source: { kind: 'data', mediaType: 'text/csv', data: 'QQ==' },
							filename: 'a.csv',
							cache: true,
						},
					],
				},
			],
		});
		expect((body.messages as { content: unknown[] }[])[2]?.content).toEqual([
			{ toolResult: { toolUseId: 'a', content: [{ text: 'r' }] } },
			POINT,
			{ document: { format: 'csv', name: 'a', source: { bytes: 'QQ==' } } },
			{ text: 'a.csv' },
			POINT,
		]);
	});
});

describe('reasoning of earlier turns', () => {
	const replay = (signature: string | undefined, model: string, redacted = false) => {
		const { body, warnings } = sent(
			{
				messages: [
					user('q'),
					{
						role: 'assistant',
						content: [
							{
								type: 'reasoning',
								text: redacted ? '' : 'Hm.',
								...(signature !== undefined && { signature }),
								...(redacted && { redacted: true }),
							},
							{ type: 'text', text: 'A' },
						],
					},
					user('r'),
				],
			},
			model,
		);
		expect(warnings).toEqual([]);
		return (body.messages as { content: object[] }[])[1]?.content;
	};
	const thought = (signature: string) => ({ reasoningContent: { reasoningText: { text: 'Hm.', signature } } });

	it('goes back to its own maker, signed', () => {
		expect(replay('EqQB', CLAUDE)).toEqual([thought('EqQB'), { text: 'A' }]);
		expect(replay('bedrock:xyz', NOVA)).toEqual([thought('xyz'), { text: 'A' }]);
		expect(replay('bedrock:c2VhbGVk', CLAUDE, true)).toEqual([
			{ reasoningContent: { redactedContent: 'c2VhbGVk' } },
			{ text: 'A' },
		]);
	});

	it('of another maker, or unsigned, is left out', () => {
		for (const [signature, model] of [
			['bedrock:xyz', CLAUDE],
			['openai:xyz', CLAUDE],
			['EqQB', NOVA],
			[undefined, CLAUDE],
			['bedrock:xyz', 'deepseek.r1-v1:0'],
		] as const) {
			expect(replay(signature, model)).toEqual([{ text: 'A' }]);
		}
		expect(replay('EmwK', CLAUDE, true)).toEqual([{ text: 'A' }]);
	});

	it('stands ahead of the calls it led to', () => {
		const { body } = sent({
			tools: [{ name: 'f' }],
			messages: [
				user('q'),
				{
					role: 'assistant',
					content: [
						{ type: 'tool-call', id: 'a', name: 'f', arguments: '{}' },
						{ type: 'reasoning', text: 'Hm.', signature: 'EqQB' },
					],
				},
				{ role: 'tool', callId: 'a', content: [] },
			],
		});
		expect((body.messages as { content: object[] }[])[1]?.content.map((block) => Object.keys(block)[0])).toEqual([
			'reasoningContent',
			'toolUse',
		]);
	});

	it('is read as its maker’s in the answer', () => {
		expect(sent({}, CLAUDE).plan.signatures).toBe('anthropic');
		expect(sent({}, NOVA).plan.signatures).toBe('bedrock');
		expect(sent({}, 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc').plan.signatures).toBe('bedrock');
	});
});

describe('reasoning on Bedrock', () => {
	const fields = (request: Partial<ChatRequest>, model: string, traits: Partial<ModelTraits>) => {
		const { body, warnings } = sent(request, model, { reasoning: true, ...traits });
		return [body.additionalModelRequestFields, body.inferenceConfig, warnings];
	};
	const efforts = (...values: string[]): Partial<ModelTraits> => ({ reasoningOptions: [{ type: 'effort', values }] });
	const budget: Partial<ModelTraits> = {
		reasoningOptions: [{ type: 'budget', min: 1024, max: null }],
		maxOutput: 64_000,
	};

	it('is steered as at Anthropic for Claude', () => {
		expect(fields({ reasoning: { budgetTokens: 2000 }, maxTokens: 5000 }, CLAUDE, budget)).toEqual([
			{ thinking: { type: 'enabled', budget_tokens: 2000 } },
			{ maxTokens: 5000 },
			[],
		]);
		expect(fields({ reasoning: { effort: 'high' } }, CLAUDE, efforts('low', 'medium', 'high', 'max'))[0]).toMatchObject(
			{
				thinking: { type: 'adaptive' },
				output_config: { effort: 'high' },
			},
		);
		expect(fields({ reasoning: { effort: 'none' } }, CLAUDE, budget)[0]).toEqual({ thinking: { type: 'disabled' } });
	});

	it('leaves Claude’s own options as they are, and restricts sampling by them', () => {
		const thinking = { type: 'enabled', budget_tokens: 1500 };
		const providerOptions = { bedrock: { additionalModelRequestFields: { thinking } } };
		expect(fields({ providerOptions, temperature: 0.3, maxTokens: 4000 }, CLAUDE, budget)).toEqual([
			{ thinking },
			{ maxTokens: 4000 },
			['temperature'],
		]);
	});

	it('is an effort for Nova, whose highest takes neither bound nor sampling', () => {
		const levels = efforts('low', 'medium', 'high');
		expect(fields({ reasoning: { effort: 'medium' }, maxTokens: 100, temperature: 0.3 }, NOVA, levels)).toEqual([
			{ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
			{ maxTokens: 100, temperature: 0.3 },
			[],
		]);
		expect(fields({ reasoning: { effort: 'max' }, maxTokens: 100, temperature: 0.3, topP: 0.5 }, NOVA, levels)).toEqual(
			[
				{ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
				{},
				['reasoning', 'temperature', 'topP', 'maxTokens'],
			],
		);
		expect(fields({ reasoning: { effort: 'none' } }, NOVA, levels)[0]).toEqual({
			reasoningConfig: { type: 'disabled' },
		});
		expect(fields({ reasoning: { budgetTokens: 4000 } }, NOVA, levels)).toEqual([
			{ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
			{},
			['reasoning'],
		]);
	});

	it('is left out for a Nova that does not reason', () => {
		expect(fields({ reasoning: { effort: 'low' } }, 'amazon.nova-pro-v1:0', { reasoning: false })).toEqual([
			undefined,
			{},
			['reasoning'],
		]);
	});

	it('is an effort for OpenAI’s models', () => {
		const levels = efforts('low', 'medium', 'high');
		expect(fields({ reasoning: { effort: 'low' } }, GPT, levels)).toEqual([{ reasoning_effort: 'low' }, {}, []]);
		expect(fields({ reasoning: { effort: 'minimal' } }, GPT, levels)).toEqual([
			{ reasoning_effort: 'low' },
			{},
			['reasoning'],
		]);
		expect(fields({ reasoning: { effort: 'xhigh' } }, GPT, levels)[0]).toEqual({ reasoning_effort: 'high' });
	});

	it('can’t be steered elsewhere, which is said', () => {
		expect(fields({ reasoning: { effort: 'low' } }, 'deepseek.r1-v1:0', {})).toEqual([undefined, {}, ['reasoning']]);
		expect(fields({ reasoning: { effort: 'none' } }, LLAMA, { reasoning: false })).toEqual([undefined, {}, []]);
	});
});

describe('a model of each maker', () => {
	it('has ids of nine letters where Mistral made it, alike in calls and results', () => {
		const { body } = sent(
			{
				tools: [{ name: 'f' }],
				messages: [
					user('q'),
					{
						role: 'assistant',
						content: [
							{ type: 'tool-call', id: 'call_long_id', name: 'f', arguments: '{}' },
							{ type: 'tool-call', id: 'abcDEF123', name: 'f', arguments: '[1]' },
						],
					},
					{ role: 'tool', callId: 'call_long_id', content: [{ type: 'text', text: '{"a":1}' }] },
					{ role: 'tool', callId: 'abcDEF123', content: [{ type: 'text', text: 'plain' }] },
				],
			},
			MISTRAL,
		);
		const [, calls, results] = body.messages as { content: Record<string, Record<string, unknown>>[] }[];
		const ids = calls?.content.map((block) => block.toolUse?.toolUseId);
		expect(ids?.[0]).toMatch(/^[A-Za-z0-9]{9}$/);
		expect(ids?.[1]).toBe('abcDEF123');
		expect(calls?.content[1]?.toolUse?.input).toEqual({ raw_arguments: '[1]' });
		expect(results?.content).toEqual([
			{ toolResult: { toolUseId: ids?.[0], content: [{ json: { a: 1 } }] } },
			{ toolResult: { toolUseId: ids?.[1], content: [{ json: { result: 'plain' } }] } },
		]);
	});
});
