import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import { TABLE } from '../../src/catalog/data.generated';
import { EMBEDDINGS } from '../../src/catalog/embeddings';
import type { ModelFacts } from '../../src/catalog/facts';

const SOURCE = new URL('../../../shared/models/models-dev.filtered.json', import.meta.url);
const SCRIPT = new URL('../../scripts/catalog.mjs', import.meta.url);
const OUTPUT = new URL('../../src/catalog/data.generated.ts', import.meta.url);

interface Generator {
	readonly picoPerToken: (decimal: string) => bigint;
	readonly parseDecimals: (text: string) => unknown;
	readonly generate: (source: string, options: { providers: string[]; snapshot: string }) => string;
}
const { picoPerToken, parseDecimals, generate } = (await import(SCRIPT.href)) as Generator;

describe('prices', () => {
	it('come out of decimal text without a float', () => {
		fc.assert(
			fc.property(fc.nat(10_000), fc.nat(999_999), (dollars, millionths) => {
				const decimal = `${dollars}.${String(millionths).padStart(6, '0')}`;
				expect(picoPerToken(decimal)).toBe(BigInt(dollars) * 1_000_000n + BigInt(millionths));
				expect(picoPerToken(`${decimal}000`)).toBe(picoPerToken(decimal));
				expect(picoPerToken(`${decimal}e-0`)).toBe(picoPerToken(decimal));
			}),
		);
	});

	it('are rounded half up to a pico-dollar, and understood with an exponent', () => {
		expect(picoPerToken('75')).toBe(75_000_000n);
		expect(picoPerToken('0.0000005')).toBe(1n);
		expect(picoPerToken('1.0000004')).toBe(1_000_000n);
		expect(picoPerToken('0.049999999999999996')).toBe(50_000n);
		expect(picoPerToken('2.5e-2')).toBe(25_000n);
		expect(picoPerToken('1e3')).toBe(1_000_000_000n);
		expect(picoPerToken('0.0')).toBe(0n);
	});

	it('are refused where they are no price, or would vanish', () => {
		for (const wrong of ['-1', '', '1,5', '0.0000001']) expect(() => picoPerToken(wrong), wrong).toThrow();
	});

	it('are read as the text that stands in the source', () => {
		expect(parseDecimals('{"a 1.0":[0.10,-2e5,"3 \\"4"],"b":true}')).toEqual({
			'a 1.0': ['0.10', '-2e5', '3 "4'],
			b: true,
		});
	});
});

it('a small source becomes the rows that the table reads', () => {
	const source = JSON.stringify({
		acme: {
			models: {
				'acme-1': {
					id: 'acme-1',
					status: 'deprecated',
					release_date: '2029-12-31',
					reasoning: true,
					reasoning_options: [{ type: 'budget_tokens', min: 128 }],
					tool_call: true,
					cost: { input: 0.1, output: 0.3, cache_read: 0, tiers: [{ tier: { size: 200_000 }, input: 1, output: 2 }] },
					limit: { context: 1_000, output: 5_000 },
					modalities: { input: ['text', 'image'], output: ['text'] },
				},
				speech: {
					id: 'speech',
					limit: { context: 1_000, output: 1 },
					modalities: { input: ['text'], output: ['audio'] },
				},
			},
		},
	});
	const text = generate(source, { providers: ['acme'], snapshot: '2030-01-02' });
	expect(JSON.parse(text.slice(text.indexOf("'") + 1, text.lastIndexOf("'")))).toEqual({
		snapshot: '2030-01-02',
		modalities: [['image', 'text']],
		reasoning: [[{ type: 'budget', min: 128, max: null }]],
		models: {
			acme: [
				[
					'acme-1',
					1_000,
					0,
					1_000,
					1 + 4 + 8 + 32,
					0,
					0,
					[
						[100_000, 300_000],
						[200_000, 1_000_000, 2_000_000],
					],
					Date.UTC(2029, 11, 31) / 86_400_000,
				],
			],
		},
	});
});

/** Our names and the source's. */
const SOURCES = [
	['openai', 'openai'],
	['anthropic', 'anthropic'],
	['google', 'google'],
	['mistral', 'mistral'],
	['cohere', 'cohere'],
	['deepseek', 'deepseek'],
	['groq', 'groq'],
	['azure-openai', 'azure'],
	['bedrock', 'amazon-bedrock'],
	['workers-ai', 'cloudflare-workers-ai'],
	['huggingface', 'huggingface'],
	['openrouter', 'openrouter'],
	['lmstudio', 'lmstudio'],
	['ollama', 'ollama-cloud'],
] as const;

interface SourceModel {
	readonly id: string;
	readonly cost?: Readonly<Record<string, number>>;
	readonly limit: { readonly context: number; readonly output: number };
	readonly temperature?: boolean;
	readonly tool_call: boolean;
	readonly reasoning: boolean;
}

it('the table is of a size that a Worker can carry', () => {
	expect(gzipSync(TABLE).length).toBeLessThan(20_000);
});

describe.skipIf(!existsSync(SOURCE))('against the source', () => {
	const source = JSON.parse(existsSync(SOURCE) ? readFileSync(SOURCE, 'utf8') : '{}') as Record<
		string,
		{ readonly models: Record<string, SourceModel> }
	>;
	const { facts, models } = catalog();

	it('the generated file is fresh', () => {
		const made = execFileSync(process.execPath, [SCRIPT.pathname, SOURCE.pathname, '--stdout'], {
			encoding: 'utf8',
			maxBuffer: 10_000_000,
		});
		expect(made === readFileSync(OUTPUT, 'utf8')).toBe(true);
	});

	it.each(SOURCES)('%s: every fact is the source’s', (provider, name) => {
		const listed = models(provider).filter((model) => source[name]?.models[model]);
		expect(listed.length).toBeGreaterThan(0);
		for (const model of models(provider)) {
			const told = source[name]?.models[model];
			if (told) expectAsTold(facts(provider, model), told);
			else expect(EMBEDDINGS, `${provider}/${model}`).toHaveProperty([`${provider}/${model}`]);
		}
	});
});

function expectAsTold(
	{ model, kind, contextWindow, tools, reasoning, sampling, prices }: ModelFacts,
	told: SourceModel,
) {
	if (kind === 'chat') {
		expect(contextWindow, model).toBe(told.limit.context);
		expect([tools, reasoning, sampling], model).toEqual([told.tool_call, told.reasoning, told.temperature !== false]);
	}
	if (!prices) return;
	const { input = -1, output = -1, cache_read: cached } = told.cost ?? {};
	expect([prices.input, prices.output], model).toEqual([pico(input), pico(output)]);
	if (prices.cacheRead !== undefined) expect(prices.cacheRead, model).toBe(pico(cached ?? -1));
}

/** By the other way: a float's shortest text has at most 17 digits, which rounding to a pico-dollar absorbs. */
const pico = (usdPerMillion: number): bigint => BigInt(Math.round(usdPerMillion * 1_000_000));
