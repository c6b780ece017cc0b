import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planChat } from '../../src/gateway/plan';
import type { Caller, Choice, Snapshot } from '../../src/gateway/ports';
import { withPresets } from '../../src/gateway/preset';
import type { ChatRequest } from '../../src/language/request';
import { type ModelSettings, SETTING_NAMES } from '../../src/language/settings';
import { answer, chatCall, sentJson, world } from '../support/scripted-gateway';
import { agentOf, callerOf, choiceOf, rowOf, snapshotOf } from './snapshots';

const LOCKED = callerOf({ mayOverrideSettings: false });

const preset = (settings: ModelSettings): Choice['settings'] =>
	Object.fromEntries(
		Object.entries(settings).map(([name, value]) => [name, { value, origin: 'organization' as const }]),
	);

const ALL = {
	temperature: 0.1,
	topP: 0.2,
	topK: 3,
	maxTokens: 4,
	presencePenalty: -1,
	frequencyPenalty: 1,
	seed: 7,
	stop: ['END'],
	reasoning: { effort: 'high' },
} as const satisfies ModelSettings;

const MESSAGES: ChatRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];

/** The request as it is sent on, without its messages. */
function presetIn(request: Partial<ChatRequest>, settings: ModelSettings, caller: Caller = callerOf()) {
	const made = withPresets({ messages: MESSAGES, ...request }, choiceOf('openai/gpt-test', preset(settings)), caller);
	const { messages, ...rest } = made.request;
	expect(messages).toBe(MESSAGES);
	return { sent: rest, fields: made.warnings.map(({ field }) => field), ...made };
}

describe('settings of the configuration', () => {
	it('are all put in where the request says nothing', () => {
		expect(presetIn({}, ALL)).toMatchObject({ sent: ALL, fields: [] });
	});

	it.each(Object.keys(ALL) as (keyof typeof ALL)[])("give way to the request's own %s", (name) => {
		const own: Partial<ChatRequest> = {
			[name]: name === 'stop' ? ['STOP'] : name === 'reasoning' ? { effort: 'low' } : 0.5,
		};
		expect(presetIn(own, ALL)).toMatchObject({ sent: { ...ALL, ...own }, fields: [] });
	});

	it('leave a request that says all of it, or a configuration that says nothing, the same object', () => {
		const request: ChatRequest = { messages: MESSAGES, ...ALL };
		expect(withPresets(request, choiceOf('a/b', preset(ALL)), callerOf()).request).toBe(request);
		expect(withPresets(request, choiceOf('a/b', preset(ALL)), LOCKED).request).toBe(request);
		expect(withPresets(request, choiceOf('a/b'), LOCKED).request).toBe(request);
		expect(withPresets(request, null, LOCKED).request).toBe(request);
	});

	it('put in how much to reason beside what the request says of showing it, and never two measures of it', () => {
		const reasoning = { budgetTokens: 100, summary: 'auto' } as const;
		expect(presetIn({ reasoning: { sealed: true } }, { reasoning }).sent.reasoning).toEqual({
			...reasoning,
			sealed: true,
		});
		expect(presetIn({ reasoning: { effort: 'low' } }, { reasoning }).sent.reasoning).toEqual({
			effort: 'low',
			summary: 'auto',
		});
		expect(presetIn({ reasoning: { summary: 'none' } }, { reasoning }).sent.reasoning).toEqual({
			budgetTokens: 100,
			summary: 'none',
		});
	});

	it('of time are no field of a request', () => {
		const { sent, settings } = presetIn({}, { timeoutMs: 5 });
		expect(sent).toEqual({});
		expect(settings).toEqual({ timeoutMs: 5 });
	});
});

describe('a key that may not override settings', () => {
	it('keeps what is configured, and the answer names each field it asked for in vain', () => {
		const own = { temperature: 1, stop: ['STOP'], seed: 7, maxTokens: 50 };
		const made = presetIn(own, { temperature: 0.1, stop: ['END'], seed: 7 }, LOCKED);
		expect(made.sent).toEqual({ temperature: 0.1, stop: ['END'], seed: 7, maxTokens: 50 });
		expect(made.warnings).toEqual([
			{
				field: 'temperature',
				message: 'This key may not override temperature, which the configuration sets: its value was kept.',
			},
			{ field: 'stop', message: 'This key may not override stop, which the configuration sets: its value was kept.' },
		]);
	});

	it('is refused where the request is strict, naming the field', () => {
		const refused = () => presetIn({ strict: true, topP: 1 }, { topP: 0.5 }, LOCKED);
		expect(refused).toThrow(expect.objectContaining({ code: 'forbidden', param: 'topP' }));
		expect(presetIn({ strict: true, topP: 0.5, seed: 1 }, { topP: 0.5 }, LOCKED).sent).toMatchObject({
			topP: 0.5,
			seed: 1,
		});
	});

	it('may say how reasoning is shown, not how much there is of it', () => {
		const { sent, fields } = presetIn({ reasoning: { sealed: true } }, { reasoning: { effort: 'low' } }, LOCKED);
		expect([sent.reasoning, fields]).toEqual([{ effort: 'low', sealed: true }, []]);
		const more = presetIn(
			{ reasoning: { budgetTokens: 9_000, sealed: true } },
			{ reasoning: { effort: 'low' } },
			LOCKED,
		);
		expect([more.sent.reasoning, more.fields]).toEqual([{ effort: 'low', sealed: true }, ['reasoning']]);
	});

	it('passes no options on to the provider, under which a setting could hide, where any is configured', () => {
		const providerOptions = { openai: { temperature: 2 } };
		expect(presetIn({ providerOptions }, { temperature: 0 }, LOCKED)).toMatchObject({
			sent: { temperature: 0 },
			fields: ['providerOptions'],
		});
		expect(presetIn({ providerOptions }, { temperature: 0 }, LOCKED).sent).not.toHaveProperty('providerOptions');
		expect(presetIn({ providerOptions }, {}, LOCKED).sent).toEqual({ providerOptions });
		expect(presetIn({ providerOptions }, { temperature: 0 }).sent).toMatchObject({ providerOptions });
	});

	it('never sends another value than the configured one, whatever it asks for', () => {
		const number = fc.constantFrom(0, 0.5, 1, 2);
		const stop = fc.subarray(['a', 'b']);
		const reasoning = fc.record(
			{ effort: fc.constantFrom('low' as const, 'high' as const), budgetTokens: number, sealed: fc.boolean() },
			{ requiredKeys: [] },
		);
		const settings = fc.record(
			{ temperature: number, topP: number, maxTokens: number, seed: number, stop, reasoning },
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(settings, settings, (configured, asked) => {
				const locked = presetIn(asked, configured, LOCKED);
				const free = presetIn(asked, configured);
				for (const name of SETTING_NAMES) {
					if (name === 'timeoutMs') continue;
					if (name === 'reasoning') expect(locked.sent.reasoning).toMatchObject({ ...configured.reasoning });
					else expect(locked.sent[name]).toEqual(configured[name as 'seed'] ?? asked[name as 'seed']);
					if (name !== 'reasoning')
						expect(free.sent[name]).toEqual(asked[name as 'seed'] ?? configured[name as 'seed']);
				}
				expect(free.fields).toEqual([]);
				expect(presetIn(locked.sent, configured, LOCKED)).toMatchObject({ sent: locked.sent, fields: [] });
			}),
		);
	});
});

const asking = async (request: Partial<ChatRequest>, snapshot: Partial<Snapshot>, facts = {}) => {
	const w = world({ upstream: [() => answer()], snapshot, facts });
	const { meta } = await w.gateway.chat(chatCall(request));
	return { body: sentJson(w.sent[0]), fields: meta.warnings.map(({ field }) => field), w };
};

describe('a request with settings of an agent', () => {
	const agent = (settings: ModelSettings) => agentOf({ choice: choiceOf('openai/gpt-test', preset(settings)) });
	const model = 'agent:support';
	const SILENT = { sampling: false, reasoning: true, reasoningOptions: [] };

	it('is sent with all of them', async () => {
		const { topK: _, ...settings } = ALL;
		const { body, fields } = await asking({ model }, { agent: agent(settings) }, { reasoning: true });
		expect(body).toMatchObject({
			temperature: 0.1,
			top_p: 0.2,
			presence_penalty: -1,
			frequency_penalty: 1,
			seed: 7,
			stop: ['END'],
		});
		expect(JSON.stringify(body)).toContain('"high"');
		expect(fields).toEqual([]);
	});

	it('is held for no more output than they allow', async () => {
		const { w } = await asking({ model }, { agent: agent({ maxTokens: 1 }) });
		const { w: more } = await asking({ model }, { agent: agent({ maxTokens: 1_000 }) });
		expect((more.opens[0]?.holdNanoUsd ?? 0n) - (w.opens[0]?.holdNanoUsd ?? 0n)).toBe(999n * 2_000n);
	});

	it('names what was kept in the answer', async () => {
		const { body, fields } = await asking(
			{ model, temperature: 1 },
			{ agent: agent({ temperature: 0.1 }), caller: LOCKED },
		);
		expect([body.temperature, fields]).toEqual([0.1, ['temperature']]);
	});

	it('loses one that its model does not take, with a warning, also where it is strict', async () => {
		for (const strict of [false, true]) {
			const { body, fields } = await asking({ model, strict }, { agent: agent({ temperature: 0.1, topK: 4 }) }, SILENT);
			expect(body).not.toHaveProperty('temperature');
			expect(fields).toEqual(expect.arrayContaining(['temperature', 'topK']));
		}
	});

	it('is refused where it is strict and its model does not take what it asks for itself', async () => {
		const asked = asking({ model, strict: true, temperature: 0.3 }, { agent: agent({ topK: 4 }) }, SILENT);
		await expect(asked).rejects.toMatchObject({ code: 'invalid_request', param: 'temperature' });
	});

	it('is refused where it is strict and a setting of the agent costs one of its own', async () => {
		const credentials = {
			anthropic: [
				{
					rowId: null,
					name: 'anthropic',
					source: 'environment' as const,
					apiKey: 'key',
					baseUrl: 'https://anthropic.test',
					trust: 'operator' as const,
					config: {},
				},
			],
		};
		const thinker = { reasoning: true, reasoningOptions: [{ type: 'budget' as const, min: null, max: null }] };
		const thinking = agentOf({
			choice: choiceOf('anthropic/claude-test', preset({ reasoning: { budgetTokens: 2_000 }, maxTokens: 4_000 })),
		});
		const asked = asking({ model, strict: true, temperature: 0.3 }, { agent: thinking, credentials }, thinker);
		await expect(asked).rejects.toMatchObject({ code: 'invalid_request', param: 'temperature' });
		await expect(asked).rejects.toThrow(/beside what the configuration sets/);
	});
});

describe('a long text', () => {
	/** How often it is read until there is a plan. */
	function reads(keys: number): number {
		let times = 0;
		const part = {
			type: 'text' as const,
			get text() {
				times += 1;
				return 'Grüße';
			},
		};
		const { ports } = world({ upstream: [], facts: { tokenizer: 'claude' } });
		const credentials = { openai: Array.from({ length: keys }, (_, at) => rowOf(`k${at}`)) };
		const call = chatCall({ messages: [{ role: 'user', content: [part] }] });
		const plan = planChat(call, snapshotOf({ credentials }), ports);
		if (plan instanceof Promise) throw new Error('lengths alone are to decide');
		expect(plan.candidates).toHaveLength(keys);
		return times;
	}

	it('is read as often for eight keys of one model as for one', () => {
		expect(reads(8)).toBe(reads(1));
	});
});
