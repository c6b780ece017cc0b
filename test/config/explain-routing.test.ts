import { describe, expect, it } from 'vitest';
import { PLAN_FREE } from '../../src/config/candidates';
import { explaining } from './explaining';
import { agentRow, environment, organizationRow, preferences, providerRow } from './fixtures';

const configuration = {
	profiles: {
		calm: {
			provider: 'south',
			model: 'large',
			routing: { strategy: 'weighted' as const, candidates: [{ model: 'north/other', weight: 2 }], maxAttempts: 2 },
		},
	},
	routing: { strategy: 'lowest-cost' as const, residency: ['eu'], maxAttempts: 5, idleTimeoutMs: 900 },
};
const organization = organizationRow({ configuration });
const free = organizationRow({ configuration, plan: 'free' });
const providers = [
	providerRow({ id: 'n1', name: 'one', config: { residency: 'eu' } }),
	providerRow({ id: 'n2', name: 'two', config: { residency: 'us' } }),
	providerRow({ id: 's1', provider: 'south', name: 'south', config: { residency: 'eu' } }),
];
const agent = agentRow({ profile: 'calm', routing: { maxAttempts: 1, sticky: false } });

describe('routing in an explanation', () => {
	it('shows each field with every layer that spoke, and why it is not heard', () => {
		const { routing } = explaining({ rows: { organization, providers, agent }, request: { agent: 'support' } });
		expect(routing.maxAttempts).toEqual({
			value: 1,
			origin: 'agent',
			layers: [
				{ origin: 'default', name: null, value: 3, wins: false, reason: "Overridden by agent 'support'." },
				{ origin: 'organization', name: null, value: 5, wins: false, reason: "Overridden by agent 'support'." },
				{ origin: 'organization', name: 'calm', value: 2, wins: false, reason: "Overridden by agent 'support'." },
				{ origin: 'agent', name: 'support', value: 1, wins: true, reason: null },
			],
		});
		expect(routing.strategy).toMatchObject({ value: 'weighted', origin: 'organization' });
		expect(routing.strategy?.layers.map(({ reason }) => reason)).toEqual([
			"Overridden by the organization ('calm').",
			"Overridden by the organization ('calm').",
			null,
		]);
		expect(routing.sticky).toMatchObject({ value: false, origin: 'agent' });
		expect(routing.residency).toMatchObject({ value: ['eu'], origin: 'organization' });
		expect(routing.totalTimeoutMs).toMatchObject({ value: 600_000, origin: 'default' });
		expect(routing.commitTimeoutMs).toBeUndefined();
	});

	it('names the variable that says a time limit', () => {
		const { routing } = explaining({ environment: environment({ LLM_TOTAL_TIMEOUT_MS: '5000' }) });
		expect(routing.totalTimeoutMs).toMatchObject({
			value: 5_000,
			origin: 'environment',
			layers: [{ name: 'LLM_TOTAL_TIMEOUT_MS', wins: true }],
		});
	});

	it("hears an agent on every plan, and the organization's on none that is free", () => {
		const { routing, group } = explaining({ rows: { organization: free, agent }, request: { agent: 'support' } });
		expect(routing.maxAttempts).toMatchObject({ value: 1, origin: 'agent' });
		expect(routing.residency).toEqual({
			value: null,
			origin: 'default',
			layers: [{ origin: 'organization', name: null, value: ['eu'], wins: false, reason: PLAN_FREE }],
		});
		expect(routing.candidates).toMatchObject({ value: null, layers: [{ name: 'calm', reason: PLAN_FREE }] });
		expect(group).toEqual([]);
	});

	it("follows a model that the request names by the organization's alone, with nobody beside it", () => {
		const { routing, group } = explaining({ rows: { organization, providers }, request: { model: 'north/m' } });
		expect(routing.strategy).toMatchObject({ value: 'lowest-cost', origin: 'organization' });
		expect(routing.maxAttempts).toMatchObject({ value: 5 });
		expect(group).toEqual([]);
		const beside = { organization, providers, agent };
		const asked = explaining({ rows: beside, request: { agent: 'support', model: 'north/m' } });
		expect(asked.group).toEqual([]);
		expect(asked.routing.candidates).toMatchObject({
			value: null,
			layers: [{ reason: 'The request names its model itself: nobody is as good as that.' }],
		});
		expect(asked.routing.maxAttempts).toMatchObject({ value: 1, origin: 'agent' });
		const listed = explaining({ rows: beside, request: { agent: 'support', models: ['profile:calm', 'north/m'] } });
		expect(listed.group).toEqual([]);
		expect(listed.routing.candidates).toMatchObject({
			value: null,
			layers: [{ reason: 'The request gives its own list of models, which are asked in that order.' }],
		});
	});

	it("keeps an agent's residency beside a profile named in its model's place, and all of it for a key that may not override", () => {
		const own = agentRow({ routing: { residency: ['us'], maxAttempts: 1 } });
		const of = (mayOverrideSettings: boolean) =>
			explaining({
				rows: { organization, providers, agent: own },
				request: { agent: 'support', model: 'profile:calm' },
				caller: { mayOverrideSettings },
			}).routing;
		expect(of(true).residency).toMatchObject({ value: ['us'], origin: 'agent' });
		expect(of(true).maxAttempts).toMatchObject({ value: 2, origin: 'organization' });
		expect(of(false).maxAttempts).toMatchObject({ value: 1, origin: 'agent' });
	});

	it('of embeddings has nobody beside the model', () => {
		const own = agentRow({
			profile: 'calm',
			routing: { maxAttempts: 4 },
			preferences: preferences({ embeddingModel: 'north/embed' }),
		});
		const { routing, group } = explaining({
			rows: { organization, providers, agent: own },
			request: { agent: 'support', kind: 'embedding' },
		});
		expect(routing.maxAttempts).toMatchObject({ value: 4, origin: 'agent' });
		expect(routing.candidates).toMatchObject({ value: null, layers: [{ name: 'calm', wins: false }] });
		expect(group).toEqual([]);
		expect(
			explaining({ rows: { organization, providers }, request: { kind: 'embedding' } }).routing.maxAttempts,
		).toMatchObject({ value: 5, origin: 'organization' });
	});
});

describe('the route of an explanation', () => {
	it('shows the group, and the chains for too long and for refused, each name with its use or its reason', () => {
		const routing = {
			candidates: [{ model: 'north/other' }, { model: 'nowhere/x' }],
			contextFallbacks: ['profile:calm', 'custom/y'],
			contentFilterFallbacks: ['north/unfiltered'],
		};
		const own = agentRow({ preferences: preferences({ provider: 'north', model: 'm' }), routing });
		const { chain, group, contextChain, filterChain } = explaining({
			rows: { organization, providers, agent: own },
			request: { agent: 'support' },
		});
		const shown = (all: typeof chain) => all.map(({ name, usable, reason }) => [name, usable, reason]);
		expect(shown(chain.slice(0, 1))).toEqual([['agent:support', true, null]]);
		expect(shown(group)).toEqual([
			['north/other', true, null],
			['nowhere/x', false, expect.stringContaining('nowhere')],
		]);
		expect(shown(contextChain)).toEqual([
			['profile:calm', true, null],
			['custom/y', false, "Provider 'custom' has no key in this organization."],
		]);
		expect(shown(filterChain)).toEqual([['north/unfiltered', true, null]]);
	});

	it('shows every key of a name, and which of them residency keeps out', () => {
		const { chain } = explaining({ rows: { organization, providers }, request: { model: 'north/m' } });
		expect(chain[0]?.answers?.keys.map(({ name, residency }) => [name, residency])).toEqual([['one', 'eu']]);
		expect(chain[0]?.barred.map(({ name, residency }) => [name, residency])).toEqual([['two', 'us']]);
		const abroad = organizationRow({ configuration: { routing: { residency: ['mars'] } } });
		const nowhere = explaining({ rows: { organization: abroad, providers }, request: { model: 'north/m' } });
		expect(nowhere.refusal).toMatchObject({ code: 'forbidden', message: expect.stringContaining("'mars'") });
		expect(nowhere.chain[0]).toMatchObject({ usable: false, barred: [{ name: 'one' }, { name: 'two' }] });
	});
});
