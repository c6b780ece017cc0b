/** What may be done to a conversation, who says so, what is refused before anybody is asked, and what it would count. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONTEXT_MODES, type ContextMode } from '../../src/language/context';
import type { CountedCall } from '../support/node/counting-upstream';
import { eventually } from '../support/node/worker';
import { anthropic, anthropicBody, DOORS, plain, type Question, type Told, typed, typedInput } from './context-doors';
import { agreed, type Member, openStage, type Stage } from './context-stage';
import { talk } from './context-turns';

let stage: Stage;
/** Nothing is said of its context. */
let untouched: Member;

beforeAll(async () => {
	stage = await openStage();
	untouched = await organization();
}, 90_000);
afterEach(() => {
	stage.upstream.counting = true;
});
afterAll(() => stage?.close());

const SMALL = 'openai/gpt-4o-w4000';
const LARGE = 'openai/gpt-4o-w60000';
const CLAUDE = 'anthropic/claude-haiku-4-5-w60000-r120';
/** Counts some 4,090 tokens. */
const LONG = talk(61);

const organization = (): Promise<Member> =>
	stage.member({ [SMALL]: { maxOutput: 1_000 }, [LARGE]: { maxOutput: 2_000 }, [CLAUDE]: { maxOutput: 2_000 } });

/** What became of a conversation that is too long: whole or trimmed, or who refused it with which code. */
function outcome(told: Told, calls: readonly CountedCall[]): string {
	if (told.error) return `${told.error.source} ${told.error.code ?? told.error.status} after ${calls.length}`;
	return (told.receipt?.dropped.length ?? 0) > 0 ? 'trimmed' : 'whole';
}

const TRIMMED = 'trimmed';
const REFUSED = 'gateway context_too_long after 0';
const OFF = 'upstream context_too_long after 1';
const OF: Readonly<Record<ContextMode, string>> = { trim: TRIMMED, summarize: TRIMMED, refuse: REFUSED, off: OFF };

async function became(member: Member, question: Partial<Question> = {}, door = plain): Promise<string> {
	const { told, calls } = await stage.during(() => member.through(door, { model: SMALL, turns: LONG, ...question }));
	return outcome(told, calls);
}

describe('the mode', () => {
	it('is trim where nobody says anything', async () => {
		expect(await became(untouched)).toBe(TRIMMED);
	});

	it('is the last word of organization, profile, agent and request, each in force on the very next request', async () => {
		const member = await organization();
		const { admin } = member;
		const ofOrganization = (mode: ContextMode | null) =>
			admin.organizations.setContext.mutate({ context: mode === null ? null : { mode } });
		const profile = { name: 'small', provider: 'openai', model: SMALL.replace('openai/', '') };
		await admin.profiles.set.mutate(profile);
		const agent = await member.agent({ model: 'profile:small' });
		const slug = agent.replace('agent:', '');
		for (const mode of [...CONTEXT_MODES, 'refuse', 'trim'] as const) {
			await ofOrganization(mode);
			expect([mode, await became(member)]).toEqual([mode, OF[mode]]);
			expect([mode, await became(member, { model: agent })]).toEqual([mode, OF[mode]]);
		}
		await ofOrganization('refuse');
		for (const mode of ['off', 'trim', 'refuse'] as const) {
			await admin.profiles.set.mutate({ ...profile, context: { mode } });
			expect([mode, await became(member, { model: 'profile:small' })]).toEqual([mode, OF[mode]]);
			expect([mode, await became(member, { model: agent })]).toEqual([mode, OF[mode]]);
			expect(await became(member)).toBe(REFUSED);
		}
		for (const mode of ['trim', 'off', 'refuse', 'trim'] as const) {
			await admin.agents.update.mutate({ slug, context: { mode } });
			expect([mode, await became(member, { model: agent })]).toEqual([mode, OF[mode]]);
			expect(await became(member, { model: 'profile:small' })).toBe(REFUSED);
			expect([mode, await became(member, { model: agent, mode: 'off' })]).toEqual([mode, OFF]);
		}
		await admin.agents.update.mutate({ slug, context: null });
		expect(await became(member, { model: agent })).toBe(REFUSED);
	});

	it.each(DOORS)('is what a request says, in its body or its header, which wins, through $name', async (door) => {
		const told = async (question: Partial<Question>) => {
			const said = await became(untouched, question, door);
			return door === anthropic ? said.replace(' 400 ', ' context_too_long ') : said;
		};
		for (const mode of CONTEXT_MODES) {
			expect([mode, await told({ mode })]).toEqual([mode, OF[mode]]);
			if (door === typed) continue;
			const headers = { 'x-switchyard-context-mode': mode };
			expect([mode, await told({ headers })]).toEqual([mode, OF[mode]]);
			expect([mode, await told({ headers, mode: mode === 'off' ? 'trim' : 'off' })]).toEqual([mode, OF[mode]]);
		}
	});

	it.each(DOORS)('that is none is a 400 naming the field, through $name', async (door) => {
		const mode = 'everything' as ContextMode;
		const { told, calls } = await stage.during(() => untouched.through(door, { model: SMALL, turns: LONG, mode }));
		expect(calls).toEqual([]);
		expect(told.error).toMatchObject({ source: 'gateway' });
		expect([told.error?.param, told.error?.message].join()).toMatch(/context\.mode/);
		if (door === typed) return;
		const headers = { 'x-switchyard-context-mode': '' };
		const header = await untouched.through(door, { model: SMALL, turns: LONG, headers });
		expect(header.error).toMatchObject({ status: 400 });
		expect(header.error?.message).toMatch(/x-switchyard-context-mode.*trim, summarize, refuse, off/);
	});

	it.each(DOORS)("stays the configuration's for a key that may not override settings, through $name", async (door) => {
		const member = await organization();
		const { key } = await member.admin.gatewayKeys.create.mutate({ name: 'bound', mayOverrideSettings: false });
		const { origin } = stage.platform.worker;
		const ask = (more: Partial<Question>) => door.ask(origin, key, { model: SMALL, turns: LONG, ...more });
		// Nobody has set one: there is nothing to override.
		expect((await ask({ mode: 'refuse' })).error?.source).toBe('gateway');
		await member.admin.organizations.setContext.mutate({ context: { mode: 'trim' } });
		const kept = await ask({ mode: 'refuse' });
		expect(outcome(kept, [])).toBe(TRIMMED);
		expect(kept.warnings).toContain('context.mode');
		expect(await ask({ mode: 'trim' })).toMatchObject({ warnings: expect.not.arrayContaining(['context.mode']) });
		const { told, calls } = await stage.during(() => ask({ mode: 'refuse', strict: true }));
		expect(calls).toEqual([]);
		expect([403, null]).toContain(told.error?.status);
		expect(['forbidden', null]).toContain(told.error?.code);
		expect(told.error?.message).toMatch(/context\.mode/);
	});

	it.each(DOORS)('refuse says what is too long, and by how much, through $name', async (door) => {
		const turns = LONG.map((turn, at) =>
			at === 4 ? { ...turn, text: `${turn.text} ${'and more '.repeat(300)}` } : turn,
		);
		const { told, calls } = await stage.during(() =>
			untouched.through(door, { model: SMALL, turns, mode: 'refuse', maxTokens: 500 }),
		);
		expect(calls).toEqual([]);
		const { error } = told;
		expect(error).toMatchObject({ source: 'gateway' });
		expect([400, null]).toContain(error?.status);
		expect(['context_too_long', null]).toContain(error?.code);
		expect(['messages[4]', 'input[4]', null]).toContain(error?.param);
		expect(error?.message).toMatch(/4691 tokens.*(messages|input)\[4\] alone 668.* 3368.* 4000 .* 500 /s);
	});

	it('off counts nothing: what fits is sent, and the receipt says what lengths tell', async () => {
		const { told, calls } = await stage.during(() =>
			untouched.through(typed, { model: LARGE, turns: talk(801), mode: 'off' }),
		);
		expect(calls.map(({ status }) => status)).toEqual([200]);
		expect(told.receipt).toMatchObject({ method: 'bound', dropped: [], factor: 1 });
		expect(told.receipt?.after).toBe(told.receipt?.before);
	});
});

interface Account {
	readonly usage: Readonly<Record<string, string | number>>;
}

/** What the ledger knows of a key. */
async function account({ key }: Pick<Member, 'key'>): Promise<Account['usage']> {
	const headers = { authorization: `Bearer ${key}` };
	const response = await fetch(`${stage.platform.worker.origin}/v1/key`, { headers });
	return ((await response.json()) as Account).usage;
}

const rowsOf = async ({ id }: Member): Promise<number> => {
	const sql = 'SELECT count(*) AS rows FROM llm_usage_logs WHERE organization_id = ?';
	const [counted] = await stage.platform.worker.query<{ rows: number }>(sql, id);
	return counted?.rows ?? 0;
};

async function opensNothing(member: Member): Promise<void> {
	expect(Object.values(await account(member)).map(Number)).toEqual(Object.keys(await account(member)).map(() => 0));
	expect(await rowsOf(member)).toBe(0);
}

/** Refused by the gateway before anybody was asked. Answers why. */
async function refused(member: Member, question: Question, door = plain): Promise<NonNullable<Told['error']>> {
	const { told, calls } = await stage.during(() => member.through(door, question));
	expect(calls).toEqual([]);
	expect(told.error).toMatchObject({ source: 'gateway' });
	if (!told.error) throw new Error('It was answered.');
	return told.error;
}

describe('a maximum of input tokens', () => {
	let bounded: Member;

	beforeAll(async () => {
		bounded = await organization();
		await bounded.admin.organizations.setContext.mutate({ context: { maxInputTokens: 4_000 } });
	});

	it.each(DOORS)('refuses more, with figures, whatever the mode, and opens nothing, through $name', async (door) => {
		for (const mode of [undefined, ...CONTEXT_MODES]) {
			const error = await refused(bounded, { model: LARGE, turns: LONG, ...(mode && { mode }) }, door);
			expect([400, null]).toContain(error.status);
			expect(['context_too_long', null]).toContain(error.code);
			expect(['messages', 'input', null]).toContain(error.param);
			expect(error.message).toMatch(/4090 tokens \(exact\).* 4000 /);
		}
		await opensNothing(bounded);
	});

	it('is of the prompt as it came, by the closest count: bytes refuse nothing', async () => {
		const member = await organization();
		await member.admin.organizations.setContext.mutate({ context: { maxInputTokens: 4_090 } });
		expect(await became(member, { model: LARGE })).toBe('whole');
		await member.admin.organizations.setContext.mutate({ context: { maxInputTokens: 4_089 } });
		expect(await became(member, { model: LARGE })).toBe(REFUSED);
		// What would be trimmed is refused as well.
		expect(await became(member)).toBe(REFUSED);
	});

	it('is the lowest of organization, profile and agent, on the very next request', async () => {
		const member = await organization();
		const { admin } = member;
		const profile = { name: 'large', provider: 'openai', model: LARGE.replace('openai/', '') };
		await admin.profiles.set.mutate(profile);
		const model = await member.agent({ model: 'profile:large' });
		const slug = model.replace('agent:', '');
		const bounds = async (organizations: number, profiles: number, agents: number): Promise<string | undefined> => {
			await admin.organizations.setContext.mutate({ context: { maxInputTokens: organizations } });
			await admin.profiles.set.mutate({ ...profile, context: { maxInputTokens: profiles } });
			await admin.agents.update.mutate({ slug, context: { maxInputTokens: agents } });
			const { message } = await refused(member, { model, turns: LONG });
			return /at most (\d+)/.exec(message)?.[1];
		};
		expect(await bounds(1_000, 2_000, 3_000)).toBe('1000');
		expect(await bounds(3_000, 1_001, 2_000)).toBe('1001');
		expect(await bounds(3_000, 2_000, 1_002)).toBe('1002');
		// A profile or model named beside the agent opens nothing.
		await admin.profiles.set.mutate({ ...profile, context: {} });
		for (const named of ['profile:large', LARGE]) {
			const { message } = await refused(member, { model: named, agent: slug, turns: LONG });
			expect([named, message]).toEqual([named, expect.stringContaining('at most 1002 ')]);
		}
		await admin.organizations.setContext.mutate({ context: null });
		await admin.agents.update.mutate({ slug, context: null });
		expect(await became(member, { model })).toBe('whole');
	});
});

describe('a maximum of output tokens', () => {
	it.each(DOORS)('refuses a request for more, with figures, through $name', async (door) => {
		const member = await organization();
		await member.admin.organizations.setContext.mutate({ context: { maxOutputTokens: 200 } });
		const error = await refused(member, { model: LARGE, turns: talk(1), maxTokens: 201 }, door);
		expect([400, null]).toContain(error.status);
		expect(['invalid_request', null]).toContain(error.code);
		expect(['maxTokens', 'max_tokens', 'max_output_tokens', null]).toContain(error.param);
		expect(error.message).toMatch(/max(Tokens|_tokens|_output_tokens): 201 .* 200 /);
		expect(await rowsOf(member)).toBe(0);
		const { told, calls } = await stage.during(() =>
			member.through(door, { model: LARGE, turns: talk(1), maxTokens: 200 }),
		);
		expect(told.error).toBeNull();
		expect(calls[0]?.maxTokens).toBe(200);
	});

	it('is given to who asks for none, and lowers what the configuration sets', async () => {
		const member = await organization();
		const { admin } = member;
		await admin.organizations.setContext.mutate({ context: { maxOutputTokens: 200 } });
		const ask = (model: string) => stage.during(() => member.through(typed, { model, turns: talk(1) }));
		expect((await ask(LARGE)).calls[0]?.maxTokens).toBe(200);
		expect((await ask(CLAUDE)).calls[0]?.maxTokens).toBe(200);
		const agent = await member.agent({ model: LARGE, settings: { maxTokens: 900 }, context: { maxOutputTokens: 300 } });
		const lowered = await ask(agent);
		expect(lowered.calls[0]?.maxTokens).toBe(200);
		expect(lowered.told.warned).toMatch(/900.* 200/);
		await admin.organizations.setContext.mutate({ context: null });
		expect((await ask(agent)).calls[0]?.maxTokens).toBe(300);
		// More than the model gives is no wish for more.
		await admin.organizations.setContext.mutate({ context: { maxOutputTokens: 50_000 } });
		const { told, calls } = await ask(LARGE);
		expect(told.error).toBeNull();
		expect(calls[0]?.maxTokens ?? 0).toBeLessThanOrEqual(2_000);
	});

	it.each(DOORS)('of the model itself refuses more, with figures, through $name', async (door) => {
		const error = await refused(untouched, { model: LARGE, turns: talk(1), maxTokens: 2_001 }, door);
		expect([400, null]).toContain(error.status);
		expect(error.message).toMatch(/2001 .* 2000 /);
	});

	it('of the model is no refusal where another of the chain gives so much', async () => {
		const turns = talk(1);
		const { told, calls } = await stage.during(() =>
			untouched.through(typed, { model: SMALL, models: [SMALL, LARGE], turns, maxTokens: 2_000 }),
		);
		expect(told.error).toBeNull();
		expect(told.warnings).toContain('maxTokens');
		expect(calls[0]?.maxTokens).toBe(1_000);
	});
});

describe('counting beforehand', () => {
	const count = (member: Member, question: Question) => member.as(member.key).tokens.count.mutate(typedInput(question));

	async function countMessages({ key }: Member, question: Question) {
		const { max_tokens: _, ...body } = anthropicBody(question);
		const response = await fetch(`${stage.platform.worker.origin}/v1/messages/count_tokens`, {
			method: 'POST',
			headers: { 'x-api-key': key, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
	}

	/** The same, as our own count and the provider's. */
	async function both(member: Member, model: string, turns = LONG) {
		const question = { model, turns };
		const asked = stage.upstream.counts.length;
		const told = await count(member, question);
		const messages = await countMessages(member, question);
		expect(messages).toMatchObject({ status: 200, body: { input_tokens: told.inputTokens, method: told.method } });
		return { ...told, counted: stage.upstream.counts.length - asked };
	}

	it("is the provider's where it counts, and else ours, and says whose it is", async () => {
		const member = await organization();
		await member.model('mock/echo', 4_000);
		const { told: openai } = await stage.during(() => both(member, LARGE));
		expect(openai).toMatchObject({ method: 'provider', counted: 2, warnings: [] });
		const claude = await both(member, CLAUDE);
		expect(claude).toMatchObject({ method: 'provider', counted: 2 });
		stage.upstream.counting = false;
		const own = await both(member, LARGE);
		expect(own).toMatchObject({ method: 'exact', warnings: [{ field: 'count' }] });
		expect(Math.abs(own.inputTokens - openai.inputTokens)).toBeLessThanOrEqual(2);
		const calibrated = await both(member, CLAUDE);
		expect(calibrated).toMatchObject({ method: 'calibrated' });
		expect(calibrated.inputTokens).toBeGreaterThanOrEqual(claude.inputTokens);
		expect(calibrated.inputTokens).toBeLessThan(1.2 * claude.inputTokens);
		expect(await both(member, 'mock/echo')).toMatchObject({ method: 'calibrated', counted: 0 });
		await opensNothing(member);
	});

	it('is of the whole conversation, however long, and whatever bounds there are', async () => {
		const member = await organization();
		const context = { maxInputTokens: 10, maxOutputTokens: 10, mode: 'refuse' } as const;
		await member.admin.organizations.setContext.mutate({ context });
		expect(await both(member, SMALL)).toMatchObject({ inputTokens: 4_090, provider: 'openai' });
	});

	it('estimates what it costs, what would be taken away, and what the budget has left', async () => {
		const member = await organization();
		const prices = { input: '1', output: '2' };
		await member.model(SMALL, undefined, { maxOutput: 1_000, prices });
		const question = { model: SMALL, turns: LONG, maxTokens: 500 };
		const estimate = (more: Partial<Question> = {}) =>
			member.as(member.key).cost.estimate.mutate(typedInput({ ...question, ...more }));
		const { told: first, calls: asked } = await stage.during(estimate);
		expect(asked).toEqual([]);
		expect(first).toMatchObject({ inputTokens: 4_090, method: 'exact', budgetLeftUsd: null, fits: true });
		const { context, outputTokens } = first;
		expect(outputTokens).toEqual({ min: 0, max: 500 });
		expect(Number(first.costUsd?.min)).toBeCloseTo(context.after / 1e6, 9);
		expect(Number(first.costUsd?.max)).toBeCloseTo((context.after + 2 * 500) / 1e6, 9);
		expect(await rowsOf(member)).toBe(0);
		const { told, calls } = await stage.during(() => member.through(typed, question));
		const [call] = calls;
		if (!call) throw new Error(JSON.stringify(told.error));
		expect(agreed(told, call, LONG)).toEqual(context);
		await member.admin.organizations.update.mutate({ slug: member.slug, budgetDayUsd: '0.01' });
		const spent = (call.prompt + 2 * 2) / 1e6;
		const left = await eventually('an estimate after it was settled', async () => {
			const estimated = await estimate();
			return Math.abs(Number(estimated.budgetLeftUsd) - (0.01 - spent)) < 1e-5 ? estimated : null;
		});
		expect(left.fits).toBe(true);
		await member.admin.organizations.update.mutate({ slug: member.slug, budgetDayUsd: '0.005' });
		expect(await estimate()).toMatchObject({ fits: false });
		expect(Number((await estimate()).budgetLeftUsd)).toBeGreaterThan(0);
	});

	it.each([
		['more than may be sent', { maxInputTokens: 100 }, 'context_too_long'],
		['what may not be trimmed', { mode: 'refuse' }, 'context_too_long'],
		['a longer answer than may be asked for', { maxOutputTokens: 100 }, 'invalid_request'],
	] as const)('estimates nothing of %s, which a chat would be refused for', async (_, context, code) => {
		const member = await organization();
		await member.admin.organizations.setContext.mutate({ context });
		const input = typedInput({ model: SMALL, turns: LONG, maxTokens: 500 });
		const refusal = member.as(member.key).cost.estimate.mutate(input);
		await expect(refusal).rejects.toMatchObject({ data: { gateway: { code } } });
	});
});
