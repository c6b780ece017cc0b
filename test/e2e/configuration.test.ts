import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSwitchyard } from '../../src/client';
import { type BuiltWorker, startBuilt } from '../support/node/worker';
import { hello, openSession, post, type Session } from './session';

let session: Session<BuiltWorker>;

beforeAll(async () => {
	session = await openSession(startBuilt);
});

afterAll(() => session.close());

const statusWith = async (key: string): Promise<number> => {
	const response = await post(session.worker, hello('mock/echo'), { key });
	await response.body?.cancel();
	return response.status;
};

/** Who answered a request without a model of its own. */
async function answered(model: string): Promise<string> {
	const response = await post(session.worker, hello(model));
	await response.text();
	return `${response.headers.get('x-switchyard-provider')}/${response.headers.get('x-switchyard-model')}`;
}

describe('a change of configuration holds on the very next request', () => {
	it("an agent's model, changed twenty times", async () => {
		const { operator } = session;
		const models = ['anthropic/claude-haiku-4-5', 'openai/gpt-4o-mini', 'mock/echo'];
		await operator.agents.create.mutate({ slug: 'switcher', name: 'Switcher', model: 'openai/gpt-4.1-mini' });
		expect(await answered('agent:switcher')).toBe('openai/gpt-4.1-mini');
		for (let turn = 0; turn < 20; turn += 1) {
			const model = models[turn % models.length] ?? '';
			await operator.agents.update.mutate({ slug: 'switcher', model });
			expect(await answered('agent:switcher')).toBe(model);
		}
	});

	it('an agent that comes and goes', async () => {
		const { operator } = session;
		expect((await post(session.worker, hello('agent:late'))).status).toBe(404);
		await operator.agents.create.mutate({ slug: 'late', name: 'Late', model: 'mock/echo' });
		expect(await answered('agent:late')).toBe('mock/echo');
		await operator.agents.delete.mutate({ slug: 'late' });
		expect((await post(session.worker, hello('agent:late'))).status).toBe(404);
	});

	it('a new key, used at once from many requests, and revoked under them', async () => {
		const { operator } = session;
		const { id, key } = await operator.gatewayKeys.create.mutate({ name: 'Short-lived' });
		expect(await Promise.all(Array.from({ length: 10 }, () => statusWith(key)))).toEqual(Array(10).fill(200));
		await operator.gatewayKeys.revoke.mutate({ id });
		expect(await Promise.all(Array.from({ length: 10 }, () => statusWith(key)))).toEqual(Array(10).fill(401));
	});

	it('a key that expires', async () => {
		const expiresAt = Date.now() + 1_500;
		const { key } = await session.operator.gatewayKeys.create.mutate({ name: 'Expiring', expiresAt });
		expect(await statusWith(key)).toBe(200);
		await expect.poll(() => statusWith(key), { timeout: 5_000, interval: 200 }).toBe(401);
		expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
	});

	it("an organization's limit of requests, and its end", async () => {
		const { operator, worker } = session;
		await operator.organizations.create.mutate({ slug: 'limited', name: 'Limited' });
		const there = createSwitchyard({ url: worker.origin, key: worker.adminKey, organization: 'limited' });
		const { key } = await there.gatewayKeys.create.mutate({ name: 'Limited' });
		await there.organizations.update.mutate({ slug: 'limited', requestsPerMinute: 2 });
		const statuses = await Promise.all([statusWith(key), statusWith(key), statusWith(key), statusWith(key)]);
		expect(statuses.sort()).toEqual([200, 200, 429, 429]);
		await there.organizations.update.mutate({ slug: 'limited', requestsPerMinute: null });
		expect(await statusWith(key)).toBe(200);
	});
});

describe('what one organization has', () => {
	it('another does not see, by slug or by id', async () => {
		const { operator, worker } = session;
		await operator.organizations.create.mutate({ slug: 'neighbour', name: 'Neighbour' });
		const neighbour = createSwitchyard({ url: worker.origin, key: worker.adminKey, organization: 'neighbour' });
		const agent = await neighbour.agents.create.mutate({ slug: 'private', name: 'Private', model: 'mock/echo' });
		expect((await post(worker, hello('agent:private'))).status).toBe(404);
		await expect(operator.agents.get.query({ id: agent.id })).rejects.toMatchObject({ data: { httpStatus: 404 } });
		expect((await operator.agents.list.query()).map(({ slug }) => slug)).not.toContain('private');
	});

	it('a gateway key without the scope does not manage', async () => {
		await expect(session.client.agents.list.query()).rejects.toMatchObject({
			data: { httpStatus: 403, gateway: { code: 'forbidden' } },
		});
	});
});
