import { describe, expect, it } from 'vitest';
import { affinityOf } from '../../src/gateway/candidate';
import { refusalOf } from '../../src/gateway/refusal';
import { type Asking, rank, route, survey } from '../../src/gateway/route';
import type { Message } from '../../src/language/message';
import type { RoutingPolicy } from '../../src/language/routing';
import {
	agentOf,
	callerOf,
	choiceOf,
	needsOf,
	randomOf,
	rankFactsOf,
	requestOf,
	routingOf,
	rowOf,
	type Stage,
} from './snapshots';

/** The organization's choice is `openai/a` under this policy. */
const under = (policy: RoutingPolicy, stage: Stage = {}) =>
	rankFactsOf({
		...stage,
		snapshot: { defaultChoice: { ...choiceOf('openai/a'), routing: routingOf(policy) }, ...stage.snapshot },
	});

const GROUP: RoutingPolicy = { candidates: [{ model: 'groq/b' }, { model: 'deepseek/c' }] };

const namesOf = (facts: ReturnType<typeof under>, needs = needsOf(), request = requestOf()) =>
	route(request, needs, null, facts).candidates.map(({ target }) => target.name);

const reasonsOf = (facts: ReturnType<typeof under>, needs = needsOf(), request = requestOf()) =>
	route(request, needs, null, facts).skipped.map(({ provider, model, reason }) => `${provider}/${model} ${reason}`);

describe('candidates beside the model', () => {
	it('come before the chain, as they are listed', () => {
		const facts = under(GROUP, { snapshot: { fallbackChain: ['mistral/d', 'groq/b'] } });
		expect(namesOf(facts)).toEqual(['openai/a', 'groq/b', 'deepseek/c', 'mistral/d']);
		expect(reasonsOf(facts)).toEqual(['groq/b already in the chain']);
	});

	it.each([
		['a model that the request names', requestOf({ model: 'openai/a' })],
		['models that the request names', requestOf({ models: ['profile:own', 'openai/x'] })],
		['embeddings', requestOf({ kind: 'embedding', model: 'openai/embed' })],
	])('stay away from %s', (_, request) => {
		const own = { ...choiceOf('openai/a'), routing: routingOf(GROUP) };
		const facts = under(GROUP, {
			snapshot: { profiles: { own }, routing: routingOf(GROUP) },
			models: { 'openai/embed': { kind: 'embedding' } },
		});
		const names = namesOf(facts, needsOf(), request);
		expect(names).not.toContain('groq/b');
		expect(names[0]?.startsWith('openai/')).toBe(true);
	});

	it('belong to a profile that the request names, and to an agent', () => {
		const choice = { ...choiceOf('openai/a'), routing: routingOf({ candidates: [{ model: 'mistral/d' }] }) };
		const facts = under(GROUP, { snapshot: { profiles: { own: choice }, agent: agentOf({ choice }) } });
		expect(namesOf(facts, needsOf(), requestOf({ model: 'profile:own' }))).toEqual(['openai/a', 'mistral/d']);
		expect(namesOf(facts, needsOf(), requestOf({ agentSlug: 'support' }))).toEqual(['openai/a', 'mistral/d']);
		expect(namesOf(facts, needsOf(), requestOf({ agentSlug: 'support', model: 'groq/b' }))).toEqual(['groq/b']);
	});

	it('may be profiles and aliases, and what can’t be used is skipped', () => {
		const facts = under(
			{ candidates: [{ model: 'quick' }, { model: 'profile:gone' }, { model: 'cohere/x' }, { model: 'openai/a' }] },
			{ snapshot: { aliases: { quick: 'profile:fast' }, profiles: { fast: choiceOf('groq/b') } } },
		);
		expect(namesOf(facts)).toEqual(['openai/a', 'groq/b']);
		expect(reasonsOf(facts)).toEqual([
			"/profile:gone Unknown profile 'gone' in this organization.",
			"cohere/x Provider 'cohere' has no key in this organization.",
			'openai/a already in the chain',
		]);
	});

	it('answer where the model itself can’t be used, as does the chain then', () => {
		const credentials = { groq: [rowOf('g1')], mistral: [rowOf('m1')] };
		const gone = under(GROUP, { snapshot: { credentials, fallbackChain: ['mistral/d'] } });
		expect(namesOf(gone)).toEqual(['groq/b', 'mistral/d']);
		expect(reasonsOf(gone)[0]).toBe("openai/a Provider 'openai' has no key in this organization.");
		const chainAlone = under(GROUP, {
			snapshot: { credentials: { mistral: [rowOf('m1')] }, fallbackChain: ['mistral/d'] },
		});
		expect(namesOf(chainAlone)).toEqual(['mistral/d']);
		const nobody = under(GROUP, { snapshot: { credentials: {}, fallbackChain: ['mistral/d'] } });
		expect(() => namesOf(nobody)).toThrow(expect.objectContaining({ code: 'model_not_found' }));
		const noGroup = under({}, { snapshot: { credentials, fallbackChain: ['mistral/d'] } });
		expect(namesOf(noGroup)).toEqual(['mistral/d']);
	});

	it('and a chain do not stand in for the one model that a request names itself; for several they do', () => {
		const facts = rankFactsOf({ snapshot: { credentials: { mistral: [rowOf('m1')] }, fallbackChain: ['mistral/d'] } });
		const asked = (request: Parameters<typeof requestOf>[0]) =>
			route(requestOf(request), needsOf(), null, facts).candidates.map(({ target }) => target.name);
		expect(() => asked({ model: 'openai/a' })).toThrow(/'openai' has no key/);
		expect(() => asked({ models: ['openai/a'] })).toThrow(/'openai' has no key/);
		expect(asked({ models: ['openai/a', 'mistral/d'] })).toEqual(['mistral/d']);
		expect(() => asked({ models: ['openai/a', 'groq/b'] })).toThrow(/'openai' has no key/);
	});

	it("keep to the key's policy", () => {
		const facts = under(GROUP, { snapshot: { caller: callerOf({ allowedModels: ['groq/*'] }) } });
		expect(namesOf(facts)).toEqual(['groq/b']);
		expect(reasonsOf(facts)).toEqual([
			"openai/a This key may not use model 'openai/a'.",
			'deepseek/c not allowed by this key',
		]);
	});

	it('and the chain are eight names at most, and of endless lists the rest is one step', () => {
		const models = Array.from({ length: 4 }, (_, at) => ({ model: `groq/m${at}` }));
		const facts = under(
			{ candidates: models },
			{ snapshot: { fallbackChain: Array.from({ length: 60 }, (_, at) => `mistral/m${at}`) } },
		);
		expect(namesOf(facts)).toHaveLength(8);
		const reasons = reasonsOf(facts);
		expect(reasons).toHaveLength(48);
		expect(reasons[0]).toBe('mistral/m3 the chain is longer than 8 targets');
		expect(reasons.at(-1)).toBe('/10 more at most 50 names are looked at');
	});
});

describe('a strategy', () => {
	const prices = (input: bigint, output: bigint, tiers = {}) => ({ prices: { input, output, ...tiers } });
	const models = {
		'openai/a': prices(1_000_000n, 10_000_000n),
		'groq/b': prices(2_000_000n, 2_000_000n),
		'deepseek/c': { prices: null },
	};

	it('by cost weighs this request: a long prompt, or a long answer', () => {
		const facts = under({ ...GROUP, strategy: 'lowest-cost' }, { models });
		const cost = (promptTokens: number, maxTokens: number | null) =>
			route(requestOf(), needsOf({ promptTokens, maxTokens }), null, facts).candidates.map(({ target, score }) => [
				target.model,
				score,
			]);
		expect(cost(10_000, 100)).toEqual([
			['a', 0.011],
			['b', 0.0202],
			['c', null],
		]);
		expect(cost(1_000, null)).toEqual([
			['b', 0.004048],
			['a', 0.01124],
			['c', null],
		]);
	});

	it('by cost knows tiers, the most a model gives, and what the configuration sets', () => {
		const tiers = { tiers: [{ above: 5_000, prices: { input: 9_000_000n, output: 9_000_000n } }] };
		const choice = choiceOf('openai/a', { maxTokens: { value: 100, origin: 'organization' } });
		const facts = under(
			{},
			{
				models: { ...models, 'groq/b': { ...prices(1n, 1n, tiers), maxOutput: 10 } },
				snapshot: {
					defaultChoice: { ...choice, routing: routingOf({ ...GROUP, strategy: 'lowest-cost' }) },
				},
			},
		);
		const scores = (promptTokens: number) =>
			route(requestOf(), needsOf({ promptTokens }), null, facts).candidates.map(({ target, score }) => [
				target.model,
				score,
			]);
		expect(scores(1_000)).toEqual([
			['b', 1e-9],
			['a', 0.002],
			['c', null],
		]);
		expect(scores(10_000)).toEqual([
			['a', 0.011],
			['b', 0.09009],
			['c', null],
		]);
	});

	it('by latency takes the fastest key of each name, and says what each is measured by', () => {
		const measures = {
			'openai@o1.test': { firstEventMs: 500 },
			'groq@g1.test': { firstEventMs: 800 },
			'groq@g2.test': { firstEventMs: 100 },
		};
		const credentials = {
			openai: [rowOf('o1')],
			groq: [rowOf('g1'), rowOf('g2')],
			deepseek: [rowOf('d1')],
			mistral: [rowOf('m1')],
		};
		const facts = under(
			{ ...GROUP, strategy: 'lowest-latency' },
			{ measures, snapshot: { credentials, fallbackChain: ['mistral/d'] } },
		);
		const { candidates, strategy } = route(requestOf(), needsOf(), null, facts);
		expect(strategy).toBe('lowest-latency');
		expect(candidates.map(({ target, score }) => [target.credential.name, score])).toEqual([
			['g2', 100],
			['g1', 800],
			['o1', 500],
			['d1', null],
			['m1', null],
		]);
	});

	it('by weight takes the policy’s weight for the model itself, or what it says of it among the candidates', () => {
		const first = (policy: RoutingPolicy, draws: number): number => {
			const facts = under({ ...policy, strategy: 'weighted' }, { random: randomOf(5) });
			let count = 0;
			const surveyed = survey(requestOf(), facts);
			for (let draw = 0; draw < draws; draw += 1) {
				const [winner] = rank(surveyed, needsOf(), null, facts).candidates;
				if (winner?.target.name === 'openai/a') count += 1;
			}
			return count / draws;
		};
		expect(first({ candidates: [{ model: 'groq/b' }], weight: 3 }, 1_000)).toBeCloseTo(0.75, 1);
		expect(first({ candidates: [{ model: 'groq/b', weight: 9 }] }, 1_000)).toBeCloseTo(0.1, 1);
		const listed = [{ model: 'openai/a', weight: 4 }, { model: 'groq/b' }];
		expect(first({ candidates: listed }, 1_000)).toBeCloseTo(0.8, 1);
	});

	it('by turns begins with another name each time', () => {
		const facts = under({ ...GROUP, strategy: 'round-robin' });
		expect(
			[1, 2, 3, 4].map(() =>
				namesOf(facts)
					.map((name) => name.at(-1))
					.join(''),
			),
		).toEqual(['abc', 'bca', 'cab', 'abc']);
	});
});

describe('what a request needs', () => {
	const models = { 'openai/a': { tools: false }, 'groq/b': { contextWindow: 8_000 } };
	const snapshot = { fallbackChain: ['groq/b', 'mistral/d'] };

	it('keeps away whoever lacks it, while somebody else is left', () => {
		const facts = under({}, { models, snapshot });
		const needs = needsOf({ tools: true, promptTokens: 10_000 });
		expect(namesOf(facts, needs)).toEqual(['mistral/d']);
		expect(reasonsOf(facts, needs)).toEqual([
			'openai/a tools: this model calls none',
			'groq/b context: about 10000 tokens do not fit 8000',
		]);
	});

	it('keeps nobody away where all lack it, or where too little is known of them', () => {
		const none = { 'openai/a': { tools: false }, 'groq/b': { tools: false }, 'mistral/d': { tools: false } };
		const needs = needsOf({ tools: true });
		expect(namesOf(under({}, { models: none, snapshot }), needs)).toEqual(['openai/a', 'groq/b', 'mistral/d']);
		expect(reasonsOf(under({}, { models: none, snapshot }), needs)).toEqual([]);
		const unknown = { 'openai/a': { tools: false, known: false } };
		expect(namesOf(under({}, { models: unknown, snapshot }), needs)[0]).toBe('openai/a');
	});

	it('is noted once for all keys of a name', () => {
		const credentials = { openai: [rowOf('o1'), rowOf('o2')], groq: [rowOf('g1')] };
		const facts = under({}, { models, snapshot: { credentials, fallbackChain: ['groq/b'] } });
		const { skipped } = route(requestOf(), needsOf({ tools: true }), null, facts);
		expect(skipped).toMatchObject([{ model: 'a', key: null, reason: 'tools: this model calls none' }]);
	});
});

describe('residency', () => {
	const tagged = (rowId: string, residency?: string) =>
		rowOf(rowId, residency === undefined ? {} : { config: { residency } });
	const credentials = {
		openai: [tagged('o1', 'us'), tagged('o2', 'eu')],
		groq: [tagged('g1')],
		mistral: [tagged('m1', 'eu')],
	};
	const snapshot = { credentials, fallbackChain: ['groq/b', 'mistral/d'] };

	it('leaves the keys that have a tag of the policy, and names the others', () => {
		const { candidates, skipped } = route(requestOf(), needsOf(), null, under({ residency: ['eu'] }, { snapshot }));
		expect(candidates.map(({ target }) => target.credential.name)).toEqual(['o2', 'm1']);
		expect(skipped.map(({ key, reason }) => `${key} ${reason}`)).toEqual([
			"o1 residency: 'us' is not among eu",
			'g1 residency: this key has no tag, and only eu may be used',
		]);
	});

	it('skips the first name too while another is left, also where the request named it', () => {
		const facts = under({}, { snapshot: { ...snapshot, routing: routingOf({ residency: ['eu'] }) } });
		const request = requestOf({ model: 'groq/b' });
		expect(namesOf(facts, needsOf(), request)).toEqual(['mistral/d']);
		expect(reasonsOf(facts, needsOf(), request)[0]).toBe(
			'groq/b residency: this key has no tag, and only eu may be used',
		);
	});

	it('refuses where nobody is left, saying which tags are asked for and which there are', () => {
		const found = survey(requestOf(), under({ residency: ['ch', 'li'] }, { snapshot }));
		const refusal = refusalOf(found);
		expect(refusal).toMatchObject({ code: 'forbidden', param: 'model' });
		expect(refusal?.message).toContain("tagged 'ch', 'li' alone; those of its models are tagged 'us', 'eu', none.");
	});

	it('stands over a soft lack: whoever is left of it is asked, whatever the model lacks', () => {
		const facts = under(
			{ residency: ['eu'] },
			{ snapshot, models: { 'openai/a': { tools: false }, 'mistral/d': { tools: false } } },
		);
		expect(namesOf(facts, needsOf({ tools: true }))).toEqual(['openai/a', 'mistral/d']);
	});

	it('of an agent holds for a model or profile that is named in its model’s place, and for embeddings', () => {
		const agent = agentOf({ choice: { ...choiceOf('mistral/d'), routing: routingOf({ residency: ['eu'] }) } });
		const profiles = {
			own: {
				...choiceOf('openai/a'),
				routing: { strategy: { value: 'weighted' as const, origin: 'organization' as const } },
			},
		};
		const facts = rankFactsOf({
			snapshot: { credentials, agent, profiles },
			models: { 'openai/e': { kind: 'embedding' } },
		});
		const keys = (model: string, kind: 'chat' | 'embedding' = 'chat') =>
			route(requestOf({ agentSlug: 'support', model, kind }), needsOf(), null, facts).candidates.map(
				({ target }) => target.credential.name,
			);
		expect(keys('openai/a')).toEqual(['o2']);
		expect(keys('profile:own')).toEqual(['o2']);
		expect(keys('openai/e', 'embedding')).toEqual(['o2']);
		expect(() => keys('groq/b')).toThrow(expect.objectContaining({ code: 'forbidden' }));
	});

	it('of a profile that is named for embeddings holds beside an agent that says nothing of it', () => {
		const profiles = { own: { ...choiceOf('openai/e'), routing: routingOf({ residency: ['eu'] }) } };
		const facts = rankFactsOf({
			snapshot: { credentials, agent: agentOf(), profiles },
			models: { 'openai/e': { kind: 'embedding' } },
		});
		const request = requestOf({ agentSlug: 'support', model: 'profile:own', kind: 'embedding' });
		const { candidates } = route(request, needsOf(), null, facts);
		expect(candidates.map(({ target }) => target.credential.name)).toEqual(['o2']);
	});
});

describe('the two special chains', () => {
	const policy: RoutingPolicy = {
		contextFallbacks: ['groq/long', 'nowhere/x', 'groq/short', 'openai/c'],
		contentFilterFallbacks: ['mistral/free'],
	};
	const models = { 'groq/short': { contextWindow: 500 }, 'openai/c': { contextWindow: 500 } };

	it('are in the order given, without those that can’t help, which are noted under their names', () => {
		const { candidates, contextChain, filterChain, skipped } = route(
			requestOf(),
			needsOf(),
			null,
			under(policy, { models }),
		);
		expect(candidates.map(({ target }) => target.name)).toEqual(['openai/a']);
		expect(contextChain.map(({ target }) => target.name)).toEqual(['groq/long']);
		expect(filterChain.map(({ target }) => target.name)).toEqual(['mistral/free']);
		expect(skipped.map(({ model, reason }) => `${model} ${reason}`)).toEqual([
			"x contextFallbacks: Unknown provider 'nowhere' in model 'nowhere/x'.",
			'short contextFallbacks: context: about 1000 tokens do not fit 500',
			'c contextFallbacks: context: about 1000 tokens do not fit 500',
		]);
	});

	it('give way to nobody where the conversation fits one of those for it alone: who holds it is asked', () => {
		const narrow = { ...models, 'openai/a': { contextWindow: 500 } };
		const { candidates, contextChain, skipped } = route(
			requestOf(),
			needsOf(),
			null,
			under(policy, { models: narrow, snapshot: { fallbackChain: ['groq/short'] } }),
		);
		expect(candidates.map(({ target }) => target.name)).toEqual(['groq/long']);
		expect(contextChain).toEqual(candidates);
		expect(skipped.map(({ model, reason }) => `${model} ${reason}`).slice(-2)).toEqual([
			'a context: about 1000 tokens do not fit 500',
			'short context: about 1000 tokens do not fit 500',
		]);
	});

	it('leave those in their places that can do what is asked for, where nobody holds the conversation', () => {
		const narrow = {
			'groq/long': { contextWindow: 500 },
			'openai/a': { contextWindow: 500 },
			'mistral/d': { contextWindow: 500, tools: false },
		};
		const { candidates, skipped } = route(
			requestOf(),
			needsOf({ tools: true }),
			null,
			under({ contextFallbacks: ['groq/long'] }, { models: narrow, snapshot: { fallbackChain: ['mistral/d'] } }),
		);
		expect(candidates.map(({ target }) => target.name)).toEqual(['openai/a']);
		expect(skipped.map(({ model, reason }) => `${model} ${reason}`)).toEqual(['d tools: this model calls none']);
	});

	it.each([
		['fallbacks are switched off', requestOf({ fallback: false })],
		['the request names its models', requestOf({ models: ['openai/a', 'groq/b'] })],
	])('are empty where %s', (_, request) => {
		const facts = under(policy, { snapshot: { routing: routingOf(policy) } });
		const { contextChain, filterChain } = route(request, needsOf(), null, facts);
		expect([contextChain, filterChain]).toEqual([[], []]);
	});
});

describe('a conversation', () => {
	const said = (role: 'user' | 'assistant', text: string): Message => ({ role, content: [{ type: 'text', text }] });
	const opening: Asking = { request: { messages: [said('user', 'Hello')] } };
	const further: Asking = {
		request: { messages: [said('user', 'Hello'), said('assistant', 'Hi.'), said('user', 'And now?')] },
	};
	const long = needsOf({ promptTokens: 2_000 });
	const policy: RoutingPolicy = { ...GROUP, strategy: 'round-robin' };
	const SAME = { prices: { input: 5n, output: 5n } };

	/** The second candidate answered the opening; what comes of the next turn? */
	function next(facts: ReturnType<typeof under>, asking: Asking, needs = long, answered = 1) {
		const before = route(requestOf(), long, opening, facts);
		const winner = before.candidates[answered]?.target;
		if (before.conversation !== null && winner) facts.affinity.remember(before.conversation, affinityOf(winner));
		return { winner, after: route(requestOf(), needs, asking, facts) };
	}

	it('goes on with whoever answered last, name and key, where the prompt is cached there', () => {
		const credentials = { openai: [rowOf('o1')], groq: [rowOf('g1'), rowOf('g2')], deepseek: [rowOf('d1')] };
		const { winner, after } = next(under(policy, { snapshot: { credentials } }), further, long, 1);
		expect(winner?.credential.name).toBe('g2');
		expect(after.sticky).toBe(true);
		expect(after.candidates.slice(0, 2).map(({ target }) => target.credential.name)).toEqual(['g2', 'g1']);
	});

	it.each([
		['it has only begun', policy, opening, long, {}],
		['its prompt is short', policy, further, needsOf({ promptTokens: 1_023 }), {}],
		['the policy says so', { ...policy, sticky: false }, further, long, {}],
		['a cached prompt costs as much', policy, further, long, { 'groq/b': SAME, 'deepseek/c': SAME }],
	])('is served in turn where %s', (_, rules, asking, needs, models) => {
		const { after } = next(under(rules, { models }), asking, needs);
		expect(after.sticky).toBe(false);
		expect(after.candidates[0]?.target.name).toBe('groq/b');
		expect(next(under(rules, { models }), asking, needs, 2).after.candidates[0]?.target.name).toBe('groq/b');
	});

	it('moves on while the key that answered can’t', () => {
		const credentials = { openai: [rowOf('o1')], groq: [rowOf('g1')], deepseek: [rowOf('d1', { mark: 'mark' })] };
		const stage = { snapshot: { credentials }, standings: { mark: { limitedUntil: 1_000_001 } } };
		const { winner, after } = next(under(policy, stage), further, long, 2);
		expect(winner?.name).toBe('deepseek/c');
		expect([after.sticky, after.candidates[0]?.target.name]).toEqual([false, 'groq/b']);
	});

	it('returns from a fallback: that is no one’s equal', () => {
		const facts = under(policy, { snapshot: { fallbackChain: ['mistral/d'] } });
		const { winner, after } = next(facts, further, long, 3);
		expect(winner?.name).toBe('mistral/d');
		expect([after.sticky, after.candidates[0]?.target.name]).toEqual([false, 'groq/b']);
	});

	it('is its organization’s, agent’s and model’s own', () => {
		const names = new Set(
			[
				under(policy),
				under(policy, { snapshot: { organization: { id: 'org2', slug: 'two' } } }),
				under(policy, {
					snapshot: { agent: agentOf({ choice: { ...choiceOf('openai/a'), routing: routingOf(policy) } }) },
				}),
			].map((facts) => {
				const agentSlug = facts.snapshot.agent?.slug ?? null;
				return route(requestOf({ agentSlug }), long, opening, facts).conversation;
			}),
		);
		expect(names.size).toBe(3);
		expect(names).not.toContain(null);
	});

	it.each([
		['one candidate with one key', under({})],
		['fallbacks alone', under({}, { snapshot: { fallbackChain: ['groq/b', 'mistral/d'] } })],
		[
			'models that no cache makes cheaper',
			under(policy, {
				models: Object.fromEntries(['openai/a', 'groq/b', 'deepseek/c'].map((name) => [name, { prices: null }])),
			}),
		],
	])('has no name where nothing depends on it: %s', (_, facts) => {
		expect(route(requestOf(), long, further, facts).conversation).toBeNull();
	});

	it('is drawn to the same candidate in every isolate, and another one perhaps to another', () => {
		const weighted: RoutingPolicy = { ...GROUP, strategy: 'weighted' };
		const first = (conversation: string, seed: number) =>
			route(requestOf(), long, { ...opening, conversation }, under(weighted, { random: randomOf(seed) })).candidates[0]
				?.target.name;
		const firsts = new Set<string | undefined>();
		for (let at = 0; at < 40; at += 1) {
			expect(first(`c${at}`, 1)).toBe(first(`c${at}`, 2));
			firsts.add(first(`c${at}`, 1));
		}
		expect(firsts.size).toBe(3);
		const openings = new Set(
			Array.from(
				{ length: 40 },
				(_, seed) =>
					rank(survey(requestOf(), under(weighted)), long, opening, under(weighted, { random: randomOf(seed) }))
						.candidates[0]?.target.name,
			),
		);
		expect(openings.size).toBe(3);
	});
});
