import { describe, expect, it } from 'vitest';
import { doorApp } from '../support/door-app';

describe('health', () => {
	it('is alive without a key', async () => {
		const response = await doorApp().request('/healthz', { key: false });
		expect(response.status).toBe(200);
		expect(await response.json()).toEqual({ status: 'ok' });
	});

	it('is ready where every part answers', async () => {
		const response = await doorApp().request('/readyz', { key: false });
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ status: 'ok', failed: [] });
	});

	it('says which part does not answer', async () => {
		const ready = async () => ({ d1: 'ok', kv: 'failed', ledger: 'ok', health: 'failed' }) as const;
		const response = await doorApp({ ready }).request('/readyz', { key: false });
		expect(response.status).toBe(503);
		expect(await response.json()).toMatchObject({ status: 'failed', failed: ['kv', 'health'] });
	});

	it('is a query of the typed API too', async () => {
		const response = await doorApp().request('/trpc/health');
		expect(await response.json()).toMatchObject({ result: { data: { status: 'ok', parts: { d1: 'ok' } } } });
	});
});
