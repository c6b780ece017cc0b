import { describe, expect, it } from 'vitest';
import { modelOverrides } from '../../src/config/model-overrides';
import type { Credential } from '../../src/gateway/ports';
import { globalRow, modelRow } from '../config/fixtures';
import { answer, chatCall, world } from '../support/scripted-gateway';
import { callerOf, rowOf } from './snapshots';

const FREE = modelRow({ provider: 'groq', model: 'llama', prices: { input: '0', output: '0' }, version: 3 });
const OPERATORS: Credential = rowOf('environment', { rowId: null, source: 'environment' });

/** What one call with this key is charged, held and named by, where the organization says that the model is free. */
async function charged(credential: Credential, provider = 'groq', globals: Parameters<typeof globalRow>[0][] = []) {
	const models = modelOverrides({ globals: globals.map(globalRow), models: [{ ...FREE, provider }] });
	const w = world({ upstream: [() => answer()], snapshot: { models, credentials: { [provider]: [credential] } } });
	const { meta } = await w.gateway.chat(chatCall({ model: `${provider}/llama` }));
	await w.settled();
	const [entry] = w.entries();
	return { cost: meta.costNanoUsd, held: w.opens[0]?.holdNanoUsd, version: entry?.priceVersion };
}

describe('an upstream that claims what can not be', () => {
	it.each([1e300, 1e30, Number.MAX_SAFE_INTEGER])(
		'costs a sum that can be kept and added: %s tokens',
		async (tokens) => {
			const usage = { prompt_tokens: tokens, completion_tokens: tokens };
			const w = world({ upstream: [() => answer('Hi', usage)] });
			const { meta } = await w.gateway.chat(chatCall());
			expect(meta.costNanoUsd).toBe(10n ** 14n);
			await w.settled();
			const [entry] = w.entries();
			expect(entry?.costNanoUsd).toBe(10n ** 14n);
			expect(entry?.usage?.input).toBe(Number.MAX_SAFE_INTEGER);
		},
	);
});

describe("an organization's own price", () => {
	it("does not make a call with the operator's key free, nor the hold of it", async () => {
		const { cost, held, version } = await charged(OPERATORS);
		expect(cost).toBeGreaterThan(0n);
		expect(held).toBeGreaterThan(0n);
		expect(version).toBe('2026-11-01');
	});

	it("gives way to the operator's own price there", async () => {
		const globals = [{ provider: 'groq', model: 'llama', inputPricePico: '7000000', outputPricePico: '7000000' }];
		expect((await charged(OPERATORS, 'groq', globals)).version).toMatch(/^global-/);
	});

	it('counts with a key of its own, whatever the address', async () => {
		for (const trust of ['operator', 'tenant'] as const)
			expect(await charged(rowOf('row1', { trust }))).toEqual({ cost: 0n, held: 0n, version: 'override-3' });
	});

	it('counts without a key at a server of its own, and not at one that the operator gave', async () => {
		const none = { apiKey: null };
		expect((await charged(rowOf('row1', { ...none, trust: 'tenant' }), 'lmstudio')).version).toBe('override-3');
		expect((await charged(rowOf('row1', { ...none, trust: 'operator' }), 'lmstudio')).version).toBe('2026-11-01');
	});
});

describe("a token's request", () => {
	it('tells the ledger which key issued it, in its open and each entry', async () => {
		const limits = {
			requestsPerMinute: 1,
			requestsPerDay: null,
			budgetDayNanoUsd: null,
			budgetMonthNanoUsd: null,
			budgetTotalNanoUsd: 5n,
		};
		const issuer = { keyId: 'server', limits };
		const w = world({ upstream: [() => answer()], snapshot: { caller: callerOf({ keyId: 'token', issuer }) } });
		await w.gateway.chat(chatCall());
		await w.settled();
		expect(w.opens[0]).toMatchObject({ keyId: 'token', keyLimits: null, issuer });
		expect(w.entries()).toMatchObject([{ keyId: 'token', issuerKeyId: 'server' }]);
	});
});
