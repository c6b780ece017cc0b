import { describe, expect, it } from 'vitest';
import { PLAN_FREE } from '../../src/config/candidates';
import { explaining } from './explaining';
import { agentRow, organizationRow, preferences, providerRow } from './fixtures';

const configuration = {
	profiles: {
		calm: { provider: 'south', model: 'large', context: { mode: 'refuse' as const, maxInputTokens: 500 } },
		wide: { provider: 'north', model: 'wide', context: { mode: 'off' as const, maxOutputTokens: 90 } },
	},
	context: { mode: 'summarize' as const, summarizer: 'north/cheap', maxInputTokens: 800, maxOutputTokens: 100 },
};
const organization = organizationRow({ configuration });
const free = organizationRow({ configuration, plan: 'free' });
const providers = [providerRow(), providerRow({ id: 's1', provider: 'south', name: 'south' })];
const agent = agentRow({ profile: 'calm', context: { mode: 'trim', maxInputTokens: 900, maxOutputTokens: 50 } });
const rows = { organization, providers, agent };

describe('the context policy in an explanation', () => {
	it('is what the code does where nobody says anything', () => {
		expect(explaining().context).toEqual({
			mode: {
				value: 'trim',
				origin: 'default',
				layers: [{ origin: 'default', name: null, value: 'trim', wins: true, reason: null }],
			},
		});
	});

	it('shows mode and summarizer by the last word, and of maxima the lowest with who set it', () => {
		const { context } = explaining({ rows, request: { agent: 'support' } });
		expect(context.mode).toMatchObject({ value: 'trim', origin: 'agent' });
		expect(context.mode?.layers.map(({ value, reason }) => [value, reason])).toEqual([
			['trim', "Overridden by agent 'support'."],
			['summarize', "Overridden by agent 'support'."],
			['refuse', "Overridden by agent 'support'."],
			['trim', null],
		]);
		expect(context.summarizer).toMatchObject({ value: 'north/cheap', origin: 'organization' });
		const lost = "No lower than what the organization ('calm') sets: the lowest counts.";
		expect(context.maxInputTokens).toEqual({
			value: 500,
			origin: 'organization',
			layers: [
				{ origin: 'organization', name: null, value: 800, wins: false, reason: lost },
				{ origin: 'organization', name: 'calm', value: 500, wins: true, reason: null },
				{ origin: 'agent', name: 'support', value: 900, wins: false, reason: lost },
			],
		});
		expect(context.maxOutputTokens).toMatchObject({ value: 50, origin: 'agent' });
	});

	it("hears an agent on every plan, and the organization's on none that is free", () => {
		const { context } = explaining({ rows: { ...rows, organization: free }, request: { agent: 'support' } });
		expect(context.mode).toMatchObject({ value: 'trim', origin: 'agent' });
		expect(context.maxInputTokens).toMatchObject({ value: 900, origin: 'agent' });
		expect(context.summarizer).toEqual({
			value: null,
			origin: 'default',
			layers: [{ origin: 'organization', name: null, value: 'north/cheap', wins: false, reason: PLAN_FREE }],
		});
	});

	it("of a request that names its model is the organization's", () => {
		const { context } = explaining({ rows, request: { model: 'north/m' } });
		expect(context.mode).toMatchObject({ value: 'summarize', origin: 'organization' });
		expect(context.maxInputTokens).toMatchObject({ value: 800 });
		const beside = explaining({ rows, request: { agent: 'support', model: 'north/m' } }).context;
		expect(beside.mode).toMatchObject({ value: 'trim', origin: 'agent' });
	});

	it("keeps every maximum that binds an agent beside a profile named in its model's place, and all of its own for a key that may not override", () => {
		const of = (mayOverrideSettings: boolean) =>
			explaining({ rows, request: { agent: 'support', model: 'profile:wide' }, caller: { mayOverrideSettings } })
				.context;
		expect(of(true)).toMatchObject({
			mode: { value: 'off', origin: 'organization' },
			maxInputTokens: { value: 500, origin: 'organization' },
			maxOutputTokens: { value: 50, origin: 'agent' },
		});
		expect(of(true).mode?.layers.at(-1)).toMatchObject({ origin: 'agent', wins: false });
		expect(of(false).mode).toMatchObject({ value: 'trim', origin: 'agent' });
	});

	it('lets a request say its mode, but with a key that may not override what the configuration sets', () => {
		const of = (mayOverrideSettings: boolean, strict = false, set = rows) =>
			explaining({
				rows: set,
				request: { agent: 'support', context: { mode: 'off' }, strict },
				caller: { mayOverrideSettings },
			});
		expect(of(true).context.mode).toMatchObject({ value: 'off', origin: 'request' });
		const kept = of(false);
		expect(kept.context.mode).toMatchObject({ value: 'trim', origin: 'agent' });
		expect(kept.context.mode?.layers.at(-1)).toMatchObject({
			origin: 'request',
			value: 'off',
			reason: "This key may not override what agent 'support' sets.",
		});
		expect(kept.warnings).toContainEqual(expect.objectContaining({ field: 'context.mode' }));
		expect(kept.refusal).toBeNull();
		expect(of(false, true).refusal).toMatchObject({ code: 'forbidden', param: 'context.mode' });
		const unsaid = { organization: organizationRow(), providers, agent: agentRow() };
		expect(of(false, true, unsaid).context.mode).toMatchObject({ value: 'off', origin: 'request' });
		expect(of(false, true, unsaid).refusal).toBeNull();
	});

	it('of embeddings is none: they have no conversation', () => {
		const embedding = agentRow({ ...agent, preferences: preferences({ embeddingModel: 'north/embed' }) });
		const asked = { agent: 'support', kind: 'embedding' as const };
		expect(explaining({ rows: { ...rows, agent: embedding }, request: asked }).context).toEqual({});
	});
});

describe('what a context policy says in vain', () => {
	const fieldsOf = (given: Parameters<typeof explaining>[0]) => explaining(given).warnings.map(({ field }) => field);
	const summarize = { mode: 'summarize' as const };

	it('is told where a mode asks for summaries and nobody is named to write them', () => {
		const policies = (context: object) => ({ profiles: { p: { provider: 'north', model: 'm', context } }, context });
		const own = agentRow({ profile: 'p', context: summarize });
		const asked = (configuration: object) => ({
			rows: { organization: organizationRow({ configuration }), providers, agent: own },
			request: { agent: 'support' },
		});
		expect(fieldsOf(asked(policies(summarize)))).toEqual([
			'agents.support.context.mode',
			'llmConfiguration.context.mode',
			'llmConfiguration.profiles.p.context.mode',
		]);
		const [first] = explaining(asked(policies(summarize))).warnings;
		expect(first?.message).toBe(
			"Mode 'summarize' has no summarizer: what does not fit is trimmed, not summarized. Name one.",
		);
		expect(fieldsOf(asked({ ...policies(summarize), context: { summarizer: 'north/m' } }))).toEqual([]);
	});

	it('is not told of an agent whose profile names a summarizer', () => {
		const profiles = { p: { provider: 'north', model: 'm', context: { summarizer: 'north/m' } } };
		const own = agentRow({ profile: 'p', context: summarize });
		const set = { organization: organizationRow({ configuration: { profiles } }), providers, agent: own };
		expect(fieldsOf({ rows: set, request: { agent: 'support' } })).toEqual([]);
	});

	it('is told where the summarizer is a profile that is not in force', () => {
		const aliases = { short: 'profile:gone' };
		const context = { ...summarize, summarizer: 'short' };
		const own = agentRow({ context: { ...summarize, summarizer: 'profile:calm' } });
		const lost = { organization: organizationRow({ configuration: { aliases, context } }), providers };
		expect(explaining({ rows: lost }).warnings).toEqual([
			{
				field: 'llmConfiguration.context.summarizer',
				message: "There is no profile 'gone' in force: what does not fit is trimmed, not summarized.",
			},
		]);
		const asked = { rows: { organization: free, providers, agent: own }, request: { agent: 'support' } };
		expect(fieldsOf(asked)).toContain('agents.support.context.summarizer');
	});
});
