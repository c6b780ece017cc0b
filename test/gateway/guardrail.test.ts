import { describe, expect, it } from 'vitest';
import { sentJson } from '../support/scripted-gateway';
import { noEncodings, textOf } from '../support/unit-encoding';
import { asking, ok } from './asking';
import { contextOf, exchanges, heads, NARROW, never, user, within } from './conversations';
import { agentOf, callerOf, choiceOf } from './snapshots';

describe('the most prompt tokens that may be sent', () => {
	it.each(['trim', 'refuse', 'off', 'summarize'] as const)(
		'refuses what counts more in mode %s, before anything is opened',
		async (mode) => {
			const { w, error } = await asking(
				{ upstream: [never], snapshot: within({ mode, maxInputTokens: 4_000 }) },
				{ messages: exchanges(2) },
			);
			expect(error).toMatchObject({ code: 'context_too_long', param: 'messages', source: 'gateway' });
			expect(error?.message).toMatch(/40\d\d tokens \(exact\), and at most 4000/);
			expect([w.sent, w.opens]).toEqual([[], []]);
		},
	);

	it('lets through what counts less, though its length does not tell', async () => {
		const { answered } = await asking(
			{ upstream: [ok], snapshot: within({ maxInputTokens: 4_100 }) },
			{ messages: exchanges(2) },
		);
		expect(answered?.meta.context).toMatchObject({ method: 'bound', dropped: [] });
	});

	it('counts nothing where lengths alone stay below it', async () => {
		const { error } = await asking({
			upstream: [ok],
			encodings: noEncodings,
			snapshot: within({ maxInputTokens: 4_000 }),
		});
		expect(error).toBeNull();
	});

	it('is of the request as it came, whatever would be taken away of it', async () => {
		const { error } = await asking(
			{ upstream: [never], facts: NARROW, snapshot: within({ maxInputTokens: 9_000 }) },
			{ messages: exchanges(6) },
		);
		expect(error?.code).toBe('context_too_long');
	});

	it('is the organization’s own for a request that names its model itself', async () => {
		const snapshot = { context: contextOf({ maxInputTokens: 1_000 }) };
		const named = await asking({ upstream: [never], snapshot }, { model: 'openai/gpt-test', messages: exchanges(1) });
		expect(named.error?.code).toBe('context_too_long');
	});

	it('is checked by a configuration read anew before it refuses', async () => {
		const { w, error } = await asking(
			{
				upstream: [ok],
				snapshot: within({ maxInputTokens: 100 }),
				reloaded: within({ maxInputTokens: 100_000 }),
			},
			{ messages: exchanges(2) },
		);
		expect([error, w.reloads()]).toEqual([null, 1]);
	});
});

describe('the most output tokens that may be asked for', () => {
	const snapshot = within({ maxOutputTokens: 500 });

	it('refuses a caller who asks for more, before anything is opened', async () => {
		const { w, error } = await asking({ upstream: [never], snapshot }, { maxTokens: 501 });
		expect(error).toMatchObject({ code: 'invalid_request', param: 'maxTokens' });
		expect(error?.message).toMatch(/501.*500/);
		expect(w.opens).toEqual([]);
	});

	it('is given to a caller who asks for none, silently, and no more than the model has', async () => {
		const none = await asking({ upstream: [ok], snapshot }, { maxTokens: undefined });
		expect(sentJson(none.w.sent[0]).max_completion_tokens).toBe(500);
		expect(none.answered?.meta.warnings).toEqual([]);
		const small = await asking({ upstream: [ok], snapshot, facts: { maxOutput: 300 } }, { maxTokens: undefined });
		expect(sentJson(small.w.sent[0]).max_completion_tokens).toBe(300);
		expect(small.answered?.meta.warnings).toEqual([]);
	});

	it('leaves what asks for less as it is', async () => {
		const { w } = await asking({ upstream: [ok], snapshot }, { maxTokens: 499 });
		expect(sentJson(w.sent[0]).max_completion_tokens).toBe(499);
	});

	it('lowers a setting of the configuration, and says so', async () => {
		const choice = choiceOf('openai/gpt-test', { maxTokens: { value: 900, origin: 'agent' } });
		const { w, answered } = await asking(
			{ upstream: [ok], snapshot: { defaultChoice: { ...choice, context: contextOf({ maxOutputTokens: 500 }) } } },
			{ maxTokens: undefined },
		);
		expect(sentJson(w.sent[0]).max_completion_tokens).toBe(500);
		expect(answered?.meta.warnings).toMatchObject([{ field: 'maxTokens', message: expect.stringMatching(/900.*500/) }]);
	});
});

describe('what a request says of its context itself', () => {
	const locked = callerOf({ mayOverrideSettings: false });
	const LONG = { messages: exchanges(6) };

	it('stands over the configuration’s mode', async () => {
		const { w } = await asking(
			{ upstream: [ok], facts: NARROW, encodings: noEncodings, snapshot: within({ mode: 'refuse' }) },
			{ ...LONG, context: { mode: 'off' } },
		);
		expect(heads(w)).toHaveLength(13);
		const refused = await asking({ upstream: [never], facts: NARROW }, { ...LONG, context: { mode: 'refuse' } });
		expect(refused.error?.code).toBe('context_too_long');
	});

	it('is kept out with a warning for a key that may not override settings, and refused where the request is strict', async () => {
		const snapshot = within({ mode: 'trim' }, {}, { caller: locked });
		const kept = await asking({ upstream: [ok], facts: NARROW, snapshot }, { ...LONG, context: { mode: 'off' } });
		expect(heads(kept.w)).toHaveLength(7);
		expect(kept.answered?.meta.warnings).toMatchObject([
			{ field: 'context.mode', message: expect.stringContaining('may not') },
		]);
		const strict = await asking(
			{ upstream: [never], facts: NARROW, snapshot },
			{ ...LONG, context: { mode: 'off' }, strict: true },
		);
		expect(strict.error).toMatchObject({ code: 'forbidden', param: 'context.mode' });
	});

	it('counts for such a key where the configuration says nothing, or the same', async () => {
		const nothing = await asking(
			{ upstream: [ok], facts: NARROW, snapshot: { caller: locked } },
			{ ...LONG, context: { mode: 'off' } },
		);
		expect(heads(nothing.w)).toHaveLength(13);
		const same = await asking(
			{ upstream: [ok], facts: NARROW, snapshot: within({ mode: 'off' }, {}, { caller: locked }) },
			{ ...LONG, context: { mode: 'off' } },
		);
		expect(same.answered?.meta.warnings).toEqual([]);
	});

	it('can not lift a bound', async () => {
		const { error } = await asking(
			{ upstream: [never], snapshot: within({ maxInputTokens: 100 }) },
			{ ...LONG, context: { mode: 'off' } },
		);
		expect(error?.code).toBe('context_too_long');
	});
});

describe('an agent beside which a request names a profile', () => {
	const agent = agentOf({
		choice: { ...choiceOf('openai/gpt-test'), context: contextOf({ mode: 'refuse', maxInputTokens: 3_000 }, 'agent') },
	});
	const profile = (context: object) => ({ own: { ...choiceOf('groq/llama'), context: contextOf(context) } });
	const ask = (context: object, caller = callerOf()) =>
		asking(
			{ upstream: [ok], facts: NARROW, snapshot: { agent, profiles: profile(context), caller } },
			{ model: 'profile:own', messages: exchanges(2) },
			{ agent: 'support' },
		);

	it('keeps its bounds where they are the lower ones', async () => {
		expect((await ask({ maxInputTokens: 90_000 })).error?.code).toBe('context_too_long');
		expect((await ask({})).error?.code).toBe('context_too_long');
		const lower = await asking(
			{ upstream: [never], snapshot: { agent, profiles: profile({ maxInputTokens: 10 }) } },
			{ model: 'profile:own', messages: [user(textOf(20))] },
			{ agent: 'support' },
		);
		expect(lower.error?.message).toContain('at most 10');
	});

	it('keeps its mode where the key may not override settings, else the profile’s counts', async () => {
		const wide = agentOf({
			choice: { ...choiceOf('openai/gpt-test'), context: contextOf({ mode: 'refuse' }, 'agent') },
		});
		const with6 = (caller = callerOf()) =>
			asking(
				{ upstream: [ok], facts: NARROW, snapshot: { agent: wide, profiles: profile({ mode: 'trim' }), caller } },
				{ model: 'profile:own', messages: exchanges(6) },
				{ agent: 'support' },
			);
		expect((await with6()).error).toBeNull();
		expect((await with6(callerOf({ mayOverrideSettings: false }))).error?.code).toBe('context_too_long');
	});
});

describe('options passed on to a provider', () => {
	const snapshot = within({ maxOutputTokens: 500 });
	const bounded = (options: Record<string, unknown>) =>
		asking({ upstream: [never], snapshot }, { providerOptions: { openai: options } });

	it.each([
		[{ max_tokens: 501 }, 'max_tokens'],
		[{ max_completion_tokens: null }, 'max_completion_tokens'],
		[{ max_completion_tokens: '9000' }, 'max_completion_tokens'],
		[{ options: { num_predict: -1 } }, 'options.num_predict'],
		[{ generationConfig: { maxOutputTokens: 1e9 } }, 'generationConfig.maxOutputTokens'],
	])('do not lift the bound of the answer: %j', async (options, path) => {
		const { w, error } = await bounded(options);
		expect(error).toMatchObject({ code: 'invalid_request', param: `providerOptions.openai.${path}` });
		expect(error?.message).toContain('500');
		expect(w.opens).toEqual([]);
	});

	it('may ask for less, and are not looked at for another provider or without a bound', async () => {
		const less = await asking(
			{ upstream: [ok], snapshot },
			{ providerOptions: { openai: { max_completion_tokens: 400 }, mistral: { max_tokens: 9_000 } } },
		);
		expect(less.error).toBeNull();
		expect(sentJson(less.w.sent[0]).max_completion_tokens).toBe(400);
		const free = await asking({ upstream: [ok] }, { providerOptions: { openai: { max_completion_tokens: 9_000 } } });
		expect(free.error).toBeNull();
	});

	it('are kept free for the answer as they will be sent', async () => {
		const { w, answered } = await asking(
			{ upstream: [ok], facts: NARROW },
			{ messages: exchanges(6), maxTokens: undefined, providerOptions: { openai: { max_completion_tokens: 2_000 } } },
		);
		expect(answered?.meta.context).toMatchObject({ reserve: 2_000 });
		expect(answered?.meta.context?.after).toBeLessThanOrEqual(8_192 - 2_000 - 128);
		expect(sentJson(w.sent[0]).max_completion_tokens).toBe(2_000);
	});
});
