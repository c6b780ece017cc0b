import { describe, expect, it } from 'vitest';
import type { Credential } from '../../src/gateway/ports';
import { poolFor } from '../../src/gateway/rank';
import { route } from '../../src/gateway/route';
import type { RoutingPolicy } from '../../src/language/routing';
import { answer, chatCall, failure, world } from '../support/scripted-gateway';
import { choiceOf, needsOf, rankFactsOf, requestOf, routingOf, rowOf, type Stage } from './snapshots';

const rows = (count: number, change: (at: number) => Partial<Credential> = () => ({})): Credential[] =>
	Array.from({ length: count }, (_, at) => rowOf(`k${at + 1}`, { mark: `mark${at + 1}`, ...change(at) }));

const staged = (keys: readonly Credential[], policy: RoutingPolicy, stage: Stage = {}) =>
	rankFactsOf({
		...stage,
		snapshot: { credentials: { openai: keys, groq: [rowOf('g1')] }, routing: routingOf(policy), ...stage.snapshot },
	});

const tried = (facts: ReturnType<typeof staged>, model = 'openai/a') =>
	route(requestOf({ model }), needsOf(), null, facts).candidates.map(({ target }) => target.credential.name);

describe('the keys of one provider', () => {
	it('are one candidate each, in the order in which they are stored', () => {
		const { candidates, skipped } = route(requestOf({ model: 'openai/a' }), needsOf(), null, staged(rows(3), {}));
		expect(candidates.map(({ target, score }) => [target.name, target.credential.rowId, score])).toEqual([
			['openai/a', 'k1', null],
			['openai/a', 'k2', null],
			['openai/a', 'k3', null],
		]);
		expect(candidates.map(({ target }) => target.place.endpoint)).toEqual([
			'openai@k1.test',
			'openai@k2.test',
			'openai@k3.test',
		]);
		expect(skipped).toEqual([]);
	});

	it('take turns', () => {
		const facts = staged(rows(3), { strategy: 'round-robin' });
		const firsts = [1, 2, 3, 4].map(() => tried(facts).join(' '));
		expect(firsts).toEqual(['k1 k2 k3', 'k2 k3 k1', 'k3 k1 k2', 'k1 k2 k3']);
	});

	it('take turns by model, each organization for itself', () => {
		const facts = staged(rows(2), { strategy: 'round-robin' });
		const other = { ...facts, snapshot: { ...facts.snapshot, organization: { id: 'org2', slug: 'two' } } };
		expect([tried(facts), tried(facts, 'openai/b'), tried(other), tried(facts)].map(([first]) => first)).toEqual([
			'k1',
			'k1',
			'k1',
			'k2',
		]);
	});

	it('take turns too where their provider is one of a group whose names take turns', () => {
		const facts = staged(
			rows(2),
			{},
			{
				snapshot: {
					defaultChoice: {
						...choiceOf('openai/a'),
						routing: routingOf({ strategy: 'round-robin', candidates: [{ model: 'groq/b' }] }),
					},
				},
			},
		);
		const first = () => route(requestOf(), needsOf(), null, facts).candidates[0]?.target.credential.name;
		expect([first(), first(), first(), first()]).toEqual(['k1', 'g1', 'k2', 'g1']);
	});

	it('are drawn by the weights in their configuration', () => {
		let at = 0;
		const draws = [0.5, 0.5];
		const weighted = rows(2, (row) => ({ config: { weight: row === 0 ? 1 : 9 } }));
		const facts = staged(weighted, { strategy: 'weighted' }, { random: () => draws[at++ % 2] ?? 0 });
		const { candidates } = route(requestOf({ model: 'openai/a' }), needsOf(), null, facts);
		expect(candidates.map(({ target, score }) => [target.credential.name, score])).toEqual([
			['k2', 9],
			['k1', 1],
		]);
	});

	it('go by what is measured where each of them leads', () => {
		const measures = {
			'openai@k1.test': { firstEventMs: 900, outputTokensPerSecond: 80 },
			'openai@k2.test': { firstEventMs: 200, outputTokensPerSecond: 40 },
		};
		expect(tried(staged(rows(3), { strategy: 'lowest-latency' }, { measures }))).toEqual(['k2', 'k1', 'k3']);
		expect(tried(staged(rows(3), { strategy: 'highest-throughput' }, { measures }))).toEqual(['k1', 'k2', 'k3']);
	});

	it('are one alone where a profile names it, and all where it names one that is gone', () => {
		const profile = (credentialRowId: string) => ({
			profiles: { own: { ...choiceOf('openai/a'), credentialRowId } },
			credentials: { openai: rows(3) },
		});
		expect(tried(rankFactsOf({ snapshot: profile('k2') }), 'profile:own')).toEqual(['k2']);
		expect(tried(rankFactsOf({ snapshot: profile('gone') }), 'profile:own')).toEqual(['k1', 'k2', 'k3']);
	});

	it('are each a candidate once, whichever names lead to them', () => {
		const snapshot = {
			profiles: { own: { ...choiceOf('openai/a'), credentialRowId: 'k2' } },
			credentials: { openai: rows(3) },
			fallbackChain: ['openai/a', 'profile:own', 'openai/b'],
		};
		const { candidates, skipped } = route(
			requestOf({ model: 'profile:own' }),
			needsOf(),
			null,
			rankFactsOf({ snapshot }),
		);
		expect(candidates.map(({ target }) => `${target.model} ${target.credential.name}`)).toEqual([
			'a k2',
			'a k1',
			'a k3',
			'b k1',
			'b k2',
			'b k3',
		]);
		expect(skipped.map(({ model, reason }) => `${model}: ${reason}`)).toEqual(['profile:own: already in the chain']);
	});

	it('are at most eight, of more those that can answer now, and the others are counted', () => {
		const standings = { mark1: { refusedUntil: 1_000_001 }, mark3: { limitedUntil: 1_000_001 } };
		const facts = staged(rows(12), {}, { standings });
		const { candidates, skipped } = route(requestOf({ model: 'openai/a' }), needsOf(), null, facts);
		expect(candidates.map(({ target }) => target.credential.name).join(' ')).toBe('k2 k4 k5 k6 k7 k8 k9 k10');
		expect(skipped).toEqual([
			{
				provider: 'openai',
				model: 'a',
				key: null,
				outcome: 'skipped',
				reason: '4 of its keys: at most 8 of a model and 24 in all are tried',
				attempts: 0,
				score: null,
			},
		]);
		expect(tried(staged(rows(8), {}, { standings }))[0]).toBe('k1');
	});

	it('are at most twenty-four of all names together, and of each name one at least', () => {
		const models = ['openai/a', 'openai/b', 'openai/c', 'openai/d', 'openai/e', 'groq/f'];
		const { candidates, skipped } = route(requestOf({ models }), needsOf(), null, staged(rows(8), {}));
		expect(candidates).toHaveLength(24);
		const seats = models.map((model) => candidates.filter(({ target }) => target.name === model).length);
		expect(seats).toEqual([8, 8, 5, 1, 1, 1]);
		expect(skipped.map(({ model, reason }) => `${model}: ${reason}`)).toEqual([
			'c: 3 of its keys: at most 8 of a model and 24 in all are tried',
			'd: 7 of its keys: at most 8 of a model and 24 in all are tried',
			'e: 7 of its keys: at most 8 of a model and 24 in all are tried',
		]);
	});

	it('leave the last name its call, though all keys of those before it are limited', async () => {
		const w = world({
			upstream: [({ url }) => (url.includes('groq') ? answer() : failure(429))],
			snapshot: { credentials: { openai: rows(8), groq: [rowOf('groq')] } },
		});
		const { meta } = await w.gateway.chat(chatCall({ models: ['openai/a', 'openai/b', 'openai/c', 'groq/d'] }));
		expect([meta.provider, meta.attempts]).toEqual(['groq', 24]);
	});

	it('are drawn by their own weights in a group that is drawn by weight, also where the conversation decides', () => {
		const policy: RoutingPolicy = { strategy: 'weighted', candidates: [{ model: 'openai/b' }, { model: 'openai/c' }] };
		const facts = staged(
			rows(2),
			{},
			{ snapshot: { defaultChoice: { ...choiceOf('openai/a'), routing: routingOf(policy) } } },
		);
		const conversations = Array.from({ length: 900 }, (_, at) => `conversation ${at}`);
		const firsts = conversations.map((conversation) => {
			const asking = { conversation, request: { messages: [] } };
			return route(requestOf(), needsOf(), asking, facts).candidates[0]?.target.credential.name;
		});
		const share = firsts.filter((first) => first === 'k1').length / firsts.length;
		expect(share).toBeGreaterThan(0.45);
		expect(share).toBeLessThan(0.55);
	});
});

describe('servers with names of their own', () => {
	const stage = (lists: Stage['lists'] = {}): Stage => ({
		snapshot: { credentials: { custom: [rowOf('one'), rowOf('two'), rowOf('three')] } },
		lists,
	});

	it("stand in for each other under the provider's name, those that list the model or tell nothing", () => {
		expect(tried(rankFactsOf(stage()), 'custom/llama')).toEqual(['one', 'two', 'three']);
		const lists = { one: ['qwen'], two: ['llama', 'qwen'] };
		expect(tried(rankFactsOf(stage(lists)), 'custom/llama')).toEqual(['two', 'three']);
		expect(tried(rankFactsOf(stage({ one: ['a'], two: ['a'], three: ['a'] })), 'custom/llama')).toEqual([
			'one',
			'two',
			'three',
		]);
	});

	it('are asked alone by their own names', () => {
		expect(tried(rankFactsOf(stage()), 'two/llama')).toEqual(['two']);
		const { candidates, skipped } = route(
			requestOf({ models: ['two/llama', 'custom/llama', 'three/llama'] }),
			needsOf(),
			null,
			rankFactsOf(stage()),
		);
		expect(candidates.map(({ target }) => `${target.name} by ${target.credential.name}`)).toEqual([
			'two/llama by two',
			'custom/llama by one',
			'custom/llama by three',
		]);
		expect(skipped.map(({ reason }) => reason)).toEqual(['already in the chain']);
	});
});

describe('the pool of a name that stands alone', () => {
	it('is in the order of the organization’s own strategy', () => {
		const facts = staged(rows(2), { strategy: 'round-robin' });
		const names = () => poolFor('openai/files', 'any', facts).map(({ target }) => target.credential.name);
		expect([names(), names()]).toEqual([
			['k1', 'k2'],
			['k2', 'k1'],
		]);
		const [first] = poolFor('openai/files', 'any', facts, 'priority');
		expect(first?.target.credential.name).toBe('k1');
	});

	it('may be as long as a path, and no longer', () => {
		const pool = (length: number) => poolFor(`openai/${'x'.repeat(length)}`, 'any', staged(rows(1), {}));
		expect(pool(16_000)).toHaveLength(1);
		expect(() => pool(17_000)).toThrow(expect.objectContaining({ code: 'model_not_found' }));
	});

	it('keeps to residency, and is refused where no key does', () => {
		const tagged = rows(3, (at) => (at === 0 ? {} : { config: { residency: at === 1 ? 'eu' : 'us' } }));
		const names = poolFor('openai/files', 'any', staged(tagged, { residency: ['eu'] })).map(({ target }) => target);
		expect(names.map(({ credential }) => credential.name)).toEqual(['k2']);
		expect(() => poolFor('openai/files', 'any', staged(tagged, { residency: ['ch'] }))).toThrow(
			expect.objectContaining({ code: 'forbidden', param: 'model' }),
		);
	});

	it('is refused as anywhere where the name is unknown or has no key', () => {
		expect(() => poolFor('nowhere/files', 'any', rankFactsOf())).toThrow(/Unknown provider 'nowhere'/);
		expect(() => poolFor('cohere/files', 'any', rankFactsOf())).toThrow(/'cohere' has no key/);
	});
});
