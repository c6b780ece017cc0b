/** What an agent's routing policy says holds on the very next request: who may answer, who is asked first, who instead. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RoutingStep } from '../../src/client';
import { byModel, type Refusal, refuses, says } from '../support/node/moods';
import type { MoodyUpstream } from '../support/node/moody-upstream';
import { CALLERS, type Heard, plainFetch, routingOf, rowsOf } from './callers';
import { FIRST, type Fleet, LAST, type Member, openFleet, SECOND, saying, step, stepsOf, THIRD } from './fleet';
import { fresh } from './tenant';

let fleet: Fleet;
let elsewhere: MoodyUpstream;

beforeAll(async () => {
	fleet = await openFleet({ LLM_FIRST_EVENT_TIMEOUT_MS: '2000', MISTRAL_RESIDENCY: 'eu', OPENAI_RESIDENCY: 'us' });
	elsewhere = await fleet.another(says('I am elsewhere.'));
});

afterEach(() => fleet?.calm());
afterAll(() => fleet?.close());

type Policy = NonNullable<NonNullable<Parameters<Member['agent']>[0]>['routing']>;

const ask = (member: Member, model: string, stream = false): Promise<Heard> =>
	plainFetch.ask(fleet.platform, member, { model, stream });

const setRouting = (member: Member, agent: string, routing: Policy | null) =>
	member.admin.agents.update.mutate({ slug: agent.replace('agent:', ''), routing });

const explain = (member: Member, model: string) => member.admin.config.explain.query({ model });

describe('residency', () => {
	/** Keys of one provider with tags of their own, the default one `us`. */
	async function tagged(): Promise<Member> {
		const member = await fleet.tenant(['first']);
		const add = (name: string, config: object, { root }: MoodyUpstream) =>
			member.row({ provider: 'openai', name, apiKey: `sk-${fresh(name)}`, baseUrl: root, config });
		await add('us', { residency: 'us' }, fleet.first);
		await add('untagged', {}, fleet.first);
		await add('eu', { residency: 'eu' }, elsewhere);
		return member;
	}

	it.each(CALLERS)('lets a request reach no key with another tag or none, through $name', async (caller) => {
		const member = await tagged();
		const agent = await member.agent({ routing: { residency: ['eu'] } });
		for (const stream of [false, true]) {
			const { heard, made } = await fleet.during(() => caller.ask(fleet.platform, member, { model: agent, stream }));
			expect(heard).toMatchObject({ text: 'I am elsewhere.', attempts: 1 });
			expect(made).toEqual({ first: 0, second: 0, third: 0, last: 0 });
			expect(stepsOf(heard)).toEqual(
				expect.arrayContaining([
					`${FIRST}[us] skipped: residency: 'us' is not among eu, 0`,
					`${FIRST}[untagged] skipped: residency: this key has no tag, and only eu may be used, 0`,
					step('second', 'skipped: residency: this key has no tag, and only eu may be used, 0'),
					`${FIRST}[eu] answered, 1`,
				]),
			);
		}
	});

	it('is not given up where all who may be asked fail', async () => {
		const member = await tagged();
		const agent = await member.agent({ routing: { residency: ['eu'], maxAttempts: 2 } });
		elsewhere.mood = refuses(500);
		try {
			const { heard, made } = await fleet.during(() => ask(member, agent));
			expect(heard.error).toMatchObject({ status: 503, source: 'upstream' });
			expect(made).toEqual({ first: 0, second: 0, third: 0, last: 0 });
		} finally {
			elsewhere.mood = says('I am elsewhere.');
		}
	});

	it('that nobody has is 403, and no upstream hears of it', async () => {
		const member = await tagged();
		const agent = await member.agent({ routing: { residency: ['ch'] } });
		const { heard, made } = await fleet.during(() => ask(member, agent));
		expect(heard.error).toMatchObject({ status: 403, code: 'forbidden', source: 'gateway' });
		expect(made).toEqual({ first: 0, second: 0, third: 0, last: 0 });
		expect((await explain(member, agent)).refusal).toMatchObject({ code: 'forbidden' });
	});

	it('holds on the very next request, given and taken away', async () => {
		const member = await tagged();
		const agent = await member.agent();
		for (let round = 0; round < 3; round += 1) {
			expect(await ask(member, agent)).toMatchObject({ text: saying('first') });
			await setRouting(member, agent, { residency: ['eu'] });
			expect(await ask(member, agent)).toMatchObject({ text: 'I am elsewhere.' });
			await setRouting(member, agent, { residency: ['ch'] });
			expect((await ask(member, agent)).error?.code).toBe('forbidden');
			await setRouting(member, agent, null);
		}
	});

	it("is the organization's for every request, and a tag holds for the environment's keys as well", async () => {
		const tenant = await fleet.platform.tenant();
		const { upstream } = fleet.platform;
		const asked = (model: string) => tenant.ask(model, { body: { models: [model, THIRD] } });
		expect(await asked(FIRST)).toMatchObject({ status: 200, by: FIRST });
		await tenant.admin.organizations.setRouting.mutate({ routing: { residency: ['eu'] } });
		const before = upstream.calls.length;
		expect(await asked(FIRST)).toMatchObject({ status: 200, by: THIRD });
		expect(await tenant.ask(FIRST)).toMatchObject({ status: 403, code: 'forbidden' });
		expect(upstream.calls.slice(before).map(({ model }) => model)).toEqual(['mistral-small-latest']);
	});
});

describe('a strategy', () => {
	const DEAR = 'openai/gpt-4.1';
	const CHEAP = 'openai/gpt-4.1-nano';

	it('of the lowest cost asks the cheaper model first, in the order that explain tells', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({
			model: DEAR,
			routing: { strategy: 'lowest-cost', candidates: [{ model: 'openai/gpt-4o' }, { model: CHEAP }] },
		});
		const heard = await ask(member, agent);
		expect(heard).toMatchObject({ by: CHEAP, attempts: 1, routing: { strategy: 'lowest-cost' } });
		const steps = heard.routing?.steps ?? [];
		expect(steps.map(({ model }) => model).slice(0, 3)).toEqual(['gpt-4.1-nano', 'gpt-4.1', 'gpt-4o']);
		const scores = steps.slice(0, 3).map(({ score }) => score ?? 0);
		expect(scores.every((usd) => usd > 0)).toBe(true);
		expect(scores).toEqual(scores.toSorted((left, right) => left - right));
		const told = await explain(member, agent);
		expect(told.routing.strategy).toMatchObject({ value: 'lowest-cost', origin: 'agent' });
		const group = [told.chain[0], ...told.group].flatMap((target) => target?.answers ?? []);
		const byPrice = group.toSorted(
			(left, right) => (left.price?.outputUsdPerMillion ?? 0) - (right.price?.outputUsdPerMillion ?? 0),
		);
		expect(byPrice.map(({ model }) => model)).toEqual(steps.slice(0, 3).map(({ model }) => `openai/${model}`));
		expect(told.chain.slice(1).map(({ name }) => name)).toEqual([SECOND, THIRD, LAST]);
	});

	it('moves on within the group before the chain, cheapest first', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({
			model: DEAR,
			routing: { strategy: 'lowest-cost', candidates: [{ model: CHEAP }], maxAttempts: 1 },
		});
		fleet.first.mood = byModel({ 'gpt-4.1-nano': refuses(404, { code: 'model_not_found' }) }, says(saying('first')));
		expect(await ask(member, agent)).toMatchObject({ by: DEAR, attempts: 2 });
		fleet.first.mood = refuses(404, { code: 'model_not_found' });
		expect(await ask(member, agent)).toMatchObject({ by: SECOND, attempts: 3 });
	});

	it('of weights draws in their proportion', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({
			routing: { strategy: 'weighted', weight: 1, candidates: [{ model: CHEAP, weight: 0.001 }] },
		});
		const answered = async (): Promise<number> => {
			const all = await Promise.all(
				Array.from({ length: 40 }, () => member.ask(agent, { headers: { 'x-switchyard-receipt': 'true' } })),
			);
			return all.filter(({ by }) => by === FIRST).length;
		};
		// By chance one in a thousand is the other's.
		expect(await answered()).toBeGreaterThanOrEqual(38);
		await setRouting(member, agent, {
			strategy: 'weighted',
			weight: 0.001,
			candidates: [{ model: CHEAP, weight: 1 }],
		});
		expect(await answered()).toBeLessThanOrEqual(2);
		const even: Policy = { strategy: 'weighted', weight: 1, candidates: [{ model: CHEAP, weight: 1 }] };
		await setRouting(member, agent, even);
		const half = await answered();
		expect(half).toBeGreaterThan(5);
		expect(half).toBeLessThan(35);
	});

	it('of turns asks each in its turn', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({ routing: { strategy: 'round-robin', candidates: [{ model: CHEAP }] } });
		const by: (string | null)[] = [];
		for (let turn = 0; turn < 8; turn += 1) by.push((await ask(member, agent)).by);
		expect(new Set(by.slice(0, 2))).toEqual(new Set([FIRST, CHEAP]));
		for (const [turn, name] of by.slice(2).entries()) expect(name).toBe(by[turn]);
	});

	it('of turns leaves a long conversation where its prompt is cached, unless told not to', async () => {
		const member = await fleet.tenant();
		const policy = { strategy: 'round-robin', candidates: [{ model: CHEAP }] } satisfies Policy;
		const agent = await member.agent({ routing: policy });
		const messages = [
			{ role: 'user', content: 'All that was said so far. '.repeat(400) },
			{ role: 'assistant', content: 'I see.' },
			{ role: 'user', content: 'Go on.' },
		];
		const answeredBy = async () => {
			const by = new Set<string | null>();
			for (let turn = 0; turn < 6; turn += 1) by.add((await member.ask(agent, { body: { messages } })).by);
			return by.size;
		};
		expect(await answeredBy()).toBe(1);
		await setRouting(member, agent, { ...policy, sticky: false });
		expect(await answeredBy()).toBe(2);
	});

	it('that changes holds on the very next request', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({ model: DEAR });
		const policies: readonly (readonly [Policy | null, string])[] = [
			[{ strategy: 'lowest-cost', candidates: [{ model: CHEAP }] }, CHEAP],
			[{ strategy: 'priority', candidates: [{ model: CHEAP }] }, DEAR],
			[{ strategy: 'lowest-cost', candidates: [{ model: SECOND }] }, SECOND],
			[null, DEAR],
		];
		for (const [policy, by] of [...policies, ...policies]) {
			await setRouting(member, agent, policy);
			expect((await ask(member, agent)).by).toBe(by);
		}
	});

	it('puts nobody before a model that the request names itself', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({
			model: DEAR,
			routing: { strategy: 'lowest-cost', candidates: [{ model: CHEAP }] },
		});
		const headers = { 'x-switchyard-agent': agent.replace('agent:', '') };
		expect(await member.ask(DEAR, { headers })).toMatchObject({ status: 200, by: DEAR });
		expect(await member.ask('default', { headers })).toMatchObject({ status: 200, by: CHEAP });
	});
});

describe("a request's own list", () => {
	it('is asked in its order, whatever is configured', async () => {
		const member = await fleet.tenant();
		fleet.last.mood = refuses(500);
		const { headers, status } = await member.ask(LAST, { body: { models: [LAST, THIRD, FIRST] } });
		expect([status, headers.get('x-switchyard-provider'), headers.get('x-switchyard-attempts')]).toEqual([
			200,
			'mistral',
			'2',
		]);
	});

	it('may hold names that nobody knows: they are passed over, with the reason', async () => {
		const member = await fleet.tenant();
		fleet.first.mood = refuses(500);
		const told = await member.ask(FIRST, {
			body: { models: ['nowhere/gpt', FIRST, 'no-such-model', SECOND] },
			headers: { 'x-switchyard-receipt': 'true' },
		});
		expect(told).toMatchObject({ status: 200, by: SECOND });
		const { routing } = told.body.switchyard as { readonly routing: readonly RoutingStep[] };
		expect(routing.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason)).toEqual([
			expect.stringContaining('nowhere'),
			expect.stringContaining('no-such-model'),
		]);
		expect(routing.filter(({ outcome }) => outcome !== 'skipped').map(({ outcome }) => outcome)).toEqual([
			'failed',
			'answered',
		]);
	});

	it.each([
		['one name', { model: 'nowhere/gpt' }],
		['a list of one', { models: ['nowhere/gpt'] }],
		['a list', { models: ['nowhere/gpt', 'no-such-model'] }],
	])('of %s that nobody knows is refused, although a chain would follow', async (_, body) => {
		const member = await fleet.tenant();
		await member.admin.fallbacks.set.mutate({ chain: [SECOND] });
		const { heard, made } = await fleet.during(() => member.ask(FIRST, { body }));
		expect(heard).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
		expect(made).toEqual({ first: 0, second: 0, third: 0, last: 0 });
	});

	it('of fifty names asks eight at most', async () => {
		const member = await fleet.tenant();
		fleet.first.mood = refuses(404, { code: 'model_not_found' });
		const models = Array.from({ length: 50 }, (_, at) => `openai/gpt-${at}`);
		const { heard, made } = await fleet.during(() => member.ask(FIRST, { body: { models } }));
		expect(heard).toMatchObject({ status: 404, code: 'model_not_found' });
		expect(made).toEqual({ first: 8, second: 0, third: 0, last: 0 });
	});
});

const TOO_LONG: Refusal = {
	type: 'invalid_request_error',
	code: 'context_length_exceeded',
	message: "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
};

/** Azure's, as its documentation has it. */
const FILTERED: Refusal = {
	code: 'content_filter',
	message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
	more: {
		param: 'prompt',
		status: 400,
		innererror: {
			code: 'ResponsibleAIPolicyViolation',
			content_filter_result: { violence: { filtered: true, severity: 'high' } },
		},
	},
};

describe.each(CALLERS)('through $name', (caller) => {
	const heardBy = (member: Member, model: string, stream: boolean) =>
		fleet.during(() => caller.ask(fleet.platform, member, { model, stream }));

	const azureMember = async (): Promise<Member> => {
		const member = await fleet.tenant();
		await member.row({ provider: 'azure-openai', name: 'azure', apiKey: 'azure-key', baseUrl: elsewhere.origin });
		return member;
	};

	describe.each([
		['whole', false],
		['streamed', true],
	] as const)('a %s answer', (_, stream) => {
		it('of a conversation that is too long is an error, unless a chain for that is named', async () => {
			const member = await fleet.tenant();
			const agent = await member.agent();
			fleet.first.mood = byModel({ 'gpt-4o-mini': refuses(400, TOO_LONG) }, says('It fits.'));
			const off = await heardBy(member, agent, stream);
			expect(off.heard).toMatchObject({ text: '', by: null, error: { source: 'upstream' } });
			expect([400, null]).toContain(off.heard.error?.status);
			expect(['context_too_long', null]).toContain(off.heard.error?.code);
			expect(off.made).toMatchObject({ second: 0, third: 0, last: 0 });
			await setRouting(member, agent, { contextFallbacks: ['openai/gpt-4.1-mini'] });
			const on = await heardBy(member, agent, stream);
			expect(on.heard).toMatchObject({ text: 'It fits.', by: 'openai/gpt-4.1-mini', attempts: 2 });
			expect(stepsOf(on.heard).slice(0, 2)).toEqual([
				step('first', 'failed: context too long, 1'),
				'openai/gpt-4.1-mini[first] answered, 1',
			]);
			expect(on.made).toMatchObject({ first: 2, second: 0, third: 0, last: 0 });
		});

		it('that a content filter refuses is an error, unless a chain for that is named', async () => {
			const member = await azureMember();
			elsewhere.mood = refuses(400, FILTERED);
			try {
				const agent = await member.agent({ model: 'azure-openai/gpt-4.1', fallbacks: [FIRST, SECOND] });
				const off = await heardBy(member, agent, stream);
				expect(off.heard).toMatchObject({ text: '', by: null, error: { source: 'upstream' } });
				expect([400, null]).toContain(off.heard.error?.status);
				expect(['invalid_request', null]).toContain(off.heard.error?.code);
				expect(off.made).toEqual({ first: 0, second: 0, third: 0, last: 0 });
				await setRouting(member, agent, { contentFilterFallbacks: [THIRD] });
				const on = await heardBy(member, agent, stream);
				expect(on.heard).toMatchObject({ text: saying('third'), by: THIRD, attempts: 2 });
				expect(on.made).toEqual({ first: 0, second: 0, third: 1, last: 0 });
				expect(stepsOf(on.heard)).toContain('azure-openai/gpt-4.1[azure] failed: content filter, 1');
				const [refused, answered] = await rowsOf(fleet.platform, on.heard, 2);
				expect([refused?.state, answered?.state]).toEqual(['released', 'settled']);
				expect(answered && routingOf(answered)).toEqual(on.heard.routing);
			} finally {
				elsewhere.mood = says('I am elsewhere.');
			}
		});
	});
});
