import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionTokens, promptTokens } from '../../../../src/language/usage';
import { usageFrom } from '../../../../src/providers/wire/openai-chat/usage';

describe('usage as a partition', () => {
	it('takes cached, cache-written and media tokens out of the prompt', () => {
		const usage = usageFrom(
			{
				prompt_tokens: 100,
				completion_tokens: 10,
				prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 20, audio_tokens: 5, image_tokens: 7 },
				completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 2 },
			},
			false,
		);
		expect(usage).toMatchObject({ input: 38, cacheRead: 30, cacheWrite5m: 20, inputAudio: 5, inputImage: 7 });
		expect(usage).toMatchObject({ output: 4, reasoning: 4, outputAudio: 2 });
	});

	it.each([
		{ prompt_tokens_details: { cached_tokens: 8 } },
		{ prompt_token_details: { cached_tokens: 8 } },
		{ prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 12 },
		{ cached_tokens: 8 },
		{ num_cached_tokens: 8 },
	])('finds cached tokens in %j', (place) => {
		expect(usageFrom({ prompt_tokens: 20, completion_tokens: 1, ...place }, false)).toMatchObject({
			input: 12,
			cacheRead: 8,
		});
	});

	it('adds reasoning that the completion leaves out, as xAI counts', () => {
		const raw = {
			prompt_tokens: 12,
			completion_tokens: 1,
			total_tokens: 241,
			completion_tokens_details: { reasoning_tokens: 228 },
		};
		expect(usageFrom(raw, false)).toMatchObject({ input: 12, output: 1, reasoning: 228 });
	});

	it('never counts more reasoning than completion otherwise', () => {
		const raw = {
			prompt_tokens: 43,
			completion_tokens: 10,
			total_tokens: 53,
			completion_tokens_details: { reasoning_tokens: 11 },
		};
		expect(usageFrom(raw, false)).toMatchObject({ output: 0, reasoning: 10 });
	});

	it('is unknown where nothing was counted', () => {
		for (const raw of [null, undefined, 'x', {}, { total_tokens: 7 }, { prompt_tokens: 0, completion_tokens: 0 }]) {
			expect(usageFrom(raw, true), JSON.stringify(raw)).toBeNull();
		}
	});

	it('takes the charge only from a provider that reports one', () => {
		const raw = { prompt_tokens: 1, completion_tokens: 1, cost: 0.00006 };
		expect(usageFrom(raw, true)?.reportedNanoUsd).toBe(60_000n);
		expect(usageFrom(raw, false)).not.toHaveProperty('reportedNanoUsd');
	});

	it('adds what the upstream charges to a key of its own', () => {
		const raw = {
			prompt_tokens: 1,
			completion_tokens: 1,
			cost: 0.000001,
			is_byok: true,
			cost_details: { upstream_inference_cost: 0.00002 },
		};
		expect(usageFrom(raw, true)?.reportedNanoUsd).toBe(21_000n);
	});

	it('adds up to what the upstream counted, whatever the details say', () => {
		const count = fc.integer({ min: 0, max: 1_000_000 });
		const details = fc.record({
			cached_tokens: count,
			cache_write_tokens: count,
			audio_tokens: count,
			image_tokens: count,
		});
		fc.assert(
			fc.property(count, count, details, count, (prompt, completion, prompt_tokens_details, reasoning_tokens) => {
				fc.pre(prompt + completion > 0);
				const raw = {
					prompt_tokens: prompt,
					completion_tokens: completion,
					total_tokens: prompt + completion,
					prompt_tokens_details,
					completion_tokens_details: { reasoning_tokens },
				};
				const usage = usageFrom(raw, false);
				expect(usage && promptTokens(usage)).toBe(prompt);
				expect(usage && completionTokens(usage)).toBe(completion);
			}),
		);
	});

	it('survives counts of any kind', () => {
		const value = fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.integer());
		fc.assert(
			fc.property(
				fc.dictionary(fc.constantFrom('prompt_tokens', 'completion_tokens', 'total_tokens', 'cost'), value),
				(raw) => {
					const usage = usageFrom(raw, true);
					if (!usage) return;
					expect(promptTokens(usage)).toBeGreaterThanOrEqual(0);
					expect(Number.isInteger(promptTokens(usage) + completionTokens(usage))).toBe(true);
				},
			),
		);
	});
});
