import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import type { ChatCall, CostEstimate } from '../../src/gateway/call';
import { CONTEXT, type DoorOptions, doorApp } from '../support/door-app';

const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };
const ABOUT = { provider: 'mock', model: 'echo', configVersion: 7, warnings: [] } as const;

const ESTIMATE: CostEstimate = {
	...ABOUT,
	inputTokens: 12,
	method: 'exact',
	context: CONTEXT,
	outputTokens: { min: 0, max: 100 },
	costNanoUsd: { min: 1n, max: 10n },
	budgetLeftNanoUsd: 5n,
	fits: false,
};

function open(options: DoorOptions = {}) {
	const heard: ChatCall[] = [];
	const door = doorApp({
		countTokens: async (call) => {
			heard.push(call);
			return { ...ABOUT, inputTokens: 12, method: 'provider' };
		},
		estimateCost: async (call) => {
			heard.push(call);
			return ESTIMATE;
		},
		...options,
	});
	return { door, heard };
}

describe.each(['/trpc/tokens.count', '/trpc/cost.estimate'])('%s', (path) => {
	it('takes what chat takes, and its headers', async () => {
		const { door, heard } = open();
		const headers = { 'x-switchyard-agent': 'support', 'x-switchyard-context-mode': 'refuse' };
		const input = { ...CHAT, fallback: false, tools: [{ name: 'f' }], maxTokens: 9 };
		const response = await door.post(path, input, headers);
		expect(response.status).toBe(200);
		expect(heard).toMatchObject([
			{
				agent: 'support',
				fallback: false,
				request: {
					messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
					tools: [{ name: 'f' }],
					maxTokens: 9,
					context: { mode: 'refuse' },
				},
			},
		]);
	});

	it('refuses what chat refuses, with the path, and asks nothing', async () => {
		const { door, heard } = open();
		for (const [input, param] of [
			[{}, 'messages'],
			[{ messages: [] }, 'messages'],
			[{ ...CHAT, maxTokens: 0 }, 'maxTokens'],
			[{ ...CHAT, odd: 1 }, 'odd'],
		] as const) {
			const response = await door.post(path, input);
			expect(response.status).toBe(400);
			expect(await response.text()).toContain(`"param":"${param}"`);
		}
		expect(heard).toEqual([]);
	});

	it('is closed to a credential that calls no models', async () => {
		const { door, heard } = open();
		const response = await door.post(path, CHAT, { authorization: 'Bearer sy_manage_only' });
		expect(response.status).toBe(403);
		expect(heard).toEqual([]);
	});

	it('hands on what the gateway refuses', async () => {
		const refuse = () => Promise.reject(new GatewayError('model_not_found', 'None.', { param: 'model' }));
		const { door } = open({ countTokens: refuse, estimateCost: refuse });
		const response = await door.post(path, CHAT);
		expect(response.status).toBe(404);
		expect(await response.json()).toMatchObject({ error: { data: { gateway: { code: 'model_not_found' } } } });
	});

	it('carries a conversation of megabytes, which no URL would', async () => {
		const { door, heard } = open();
		await door.post(path, { messages: [{ role: 'user', content: 'x'.repeat(3_000_000) }] });
		expect(heard).toHaveLength(1);
		expect((await door.request(`${path}?input=${encodeURIComponent(JSON.stringify(CHAT))}`)).status).toBe(400);
	});
});

describe('an estimate', () => {
	const told = async (partial: Partial<CostEstimate>) => {
		const { door } = open({ estimateCost: async () => ({ ...ESTIMATE, ...partial }) });
		const response = await door.post('/trpc/cost.estimate', CHAT);
		return ((await response.json()) as { result: { data: unknown } }).result.data;
	};

	it('has money as decimal USD and the whole receipt', async () => {
		const { costNanoUsd: _, budgetLeftNanoUsd: _left, ...rest } = ESTIMATE;
		expect(await told({})).toEqual({
			...rest,
			costUsd: { min: '0.000000001', max: '0.00000001' },
			budgetLeftUsd: '0.000000005',
		});
	});

	it('says null where price or budget are not known', async () => {
		expect(await told({ costNanoUsd: null, budgetLeftNanoUsd: null, fits: null })).toMatchObject({
			costUsd: null,
			budgetLeftUsd: null,
			fits: null,
		});
		expect(await told({ budgetLeftNanoUsd: 0n })).toMatchObject({ budgetLeftUsd: '0' });
	});
});
