import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_AGENTS, MOST_KEYS, MOST_TOKENS } from '../../src/services/quotas';
import { administer, insertOrganization, NOW, principal, refusal, serviceContext } from './bench';

const o1 = () => administer(serviceContext(principal('o1')));
const HOUR = 3_600_000;

beforeEach(async () => {
	for (const id of ['o1', 'o2']) await insertOrganization(id);
});

const numbers = (many: number): string => JSON.stringify(Array.from({ length: many }, (_, at) => at));

const insertAgents = (many: number) =>
	env.DB.prepare(
		`insert into agents (id, organization_id, slug, name, settings, fallbacks, version, created_at, updated_at)
			select 'a' || value, 'o1', 'a' || value, 'A', '{}', '[]', 1, 0, 0 from json_each(?1)`,
	)
		.bind(numbers(many))
		.run();

const insertKeys = (many: number, parentId: string | null, expiresAt: number | null, mark: string) =>
	env.DB.prepare(
		`insert into gateway_keys (id, organization_id, name, secret_hash, last4, scopes, created_by, created_at, parent_id, expires_at)
			select ?2 || value, 'o1', 'K', 'h', '1234', '[]', 'operator', ?3, ?4, ?5 from json_each(?1)`,
	)
		.bind(numbers(many), mark, NOW - 1, parentId, expiresAt)
		.run();

const AGENT = { slug: 'support', name: 'Support', model: 'mock/echo' };

describe('an organization', () => {
	it('has at most so many agents', async () => {
		await insertAgents(MOST_AGENTS - 1);
		await o1().agents.create(AGENT);
		expect(await refusal(o1().agents.create({ ...AGENT, slug: 'more' }))).toMatchObject({
			code: 'invalid_request',
			param: 'slug',
		});
		await o1().agents.delete({ slug: 'support' });
		await o1().agents.create({ ...AGENT, slug: 'more' });
		await administer(serviceContext(principal('o2'))).agents.create(AGENT);
	});

	it('has at most so many gateway keys in force, those that a grace keeps alive among them', async () => {
		await insertKeys(MOST_KEYS - 1, null, null, 'k');
		await insertKeys(50, null, NOW - 1, 'expired');
		await insertKeys(50, 'operator', NOW + HOUR, 'token');
		const { id } = await o1().gatewayKeys.create({ name: 'Last' });
		const refused = { code: 'invalid_request', param: 'name' };
		expect(await refusal(o1().gatewayKeys.create({ name: 'More' }))).toMatchObject(refused);
		expect(await refusal(o1().gatewayKeys.rotate({ id, graceSeconds: 60 }))).toMatchObject(refused);
		await o1().gatewayKeys.rotate({ id });
	});

	it('has at most so many tokens in force, and more once some have ended', async () => {
		await insertKeys(MOST_TOKENS - 1, 'operator', NOW + HOUR, 't');
		await insertKeys(50, 'operator', NOW - 1, 'ended');
		await o1().gatewayKeys.issueToken({});
		expect(await refusal(o1().gatewayKeys.issueToken({}))).toMatchObject({
			code: 'rate_limited',
			retryAfterMs: expect.any(Number),
		});
		const later = administer(serviceContext(principal('o1'), { now: () => NOW + HOUR }));
		await later.gatewayKeys.issueToken({});
	});
});
