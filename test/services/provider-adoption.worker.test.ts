import { beforeEach, describe, expect, it } from 'vitest';
import { auditRows, insertOrganization, operator, principal, refusal } from './bench';
import { KEY, OPERATOR_KEY, type ProviderBench, providerBench, storedRow } from './provider-bench';

const variables = {
	OPENAI_API_KEY: OPERATOR_KEY,
	OPENAI_ORGANIZATION: 'org-operator',
	GROQ_API_KEY: OPERATOR_KEY,
	GROQ_BASE_URL: 'https://proxy.example.com/openai/v1',
	MISTRAL_API_KEY: OPERATOR_KEY,
	MISTRAL_BASE_URL: 'http://10.0.0.7/v1',
	OLLAMA_BASE_URL: 'https://ollama.example.com',
	BEDROCK_API_KEY: OPERATOR_KEY,
	BEDROCK_REGION: 'eu-west-1',
};

let bench: ProviderBench;

beforeEach(async () => {
	await insertOrganization('o1');
	await insertOrganization('o2');
	bench = providerBench(operator('o1'), { variables });
});

describe('providers.adoptEnvironment', () => {
	it("makes the environment's keys rows of the organization, each with the environment's own address", async () => {
		const { adopted, skipped } = await bench.caller.adoptEnvironment();
		const found = adopted.map(({ provider, baseUrl, config, keyLast4 }) => ({ provider, baseUrl, config, keyLast4 }));
		expect(found).toEqual([
			{ provider: 'openai', baseUrl: null, config: { organization: 'org-operator' }, keyLast4: '9999' },
			{ provider: 'bedrock', baseUrl: null, config: { region: 'eu-west-1' }, keyLast4: '9999' },
			{ provider: 'groq', baseUrl: 'https://proxy.example.com/openai/v1', config: {}, keyLast4: '9999' },
			{ provider: 'ollama', baseUrl: 'https://ollama.example.com', config: {}, keyLast4: null },
		]);
		expect(adopted.every(({ isActive, isDefault, source }) => isActive && isDefault && source === 'organization')).toBe(
			true,
		);
		expect(skipped).toEqual([{ provider: 'mistral', reason: expect.stringContaining('base URL') }]);
		for (const { id, provider, baseUrl } of adopted) {
			const { sealedApiKey } = await storedRow(id);
			if (sealedApiKey === null) continue;
			const host = baseUrl === null ? '' : new URL(baseUrl).origin;
			const scope = { organizationId: 'o1', provider, host, rowId: id };
			expect(await bench.services.vault.open(scope, sealedApiKey)).toBe(OPERATOR_KEY);
		}
	});

	it('takes those that are named', async () => {
		const { adopted } = await bench.caller.adoptEnvironment({ providers: ['groq'] });
		expect(adopted.map(({ provider }) => provider)).toEqual(['groq']);
		expect(await auditRows('o1')).toMatchObject([{ action: 'create', entity: 'provider', actor: 'operator' }]);
		expect(JSON.stringify(await auditRows('o1'))).not.toContain(OPERATOR_KEY);
	});

	it('leaves what is there, and changes nothing the second time', async () => {
		const tenant = providerBench(principal('o1')).caller;
		const { id } = await tenant.add({ provider: 'openai', apiKey: KEY });
		await tenant.add({ provider: 'groq', apiKey: KEY, name: 'own' });
		const first = await bench.caller.adoptEnvironment({ providers: ['openai', 'groq'] });
		expect(first).toMatchObject({
			adopted: [{ provider: 'groq', isDefault: false }],
			skipped: [{ provider: 'openai' }],
		});
		const again = await bench.caller.adoptEnvironment({ providers: ['openai', 'groq'] });
		expect(again).toMatchObject({ adopted: [], skipped: [{ provider: 'openai' }, { provider: 'groq' }] });
		expect(await tenant.get({ id })).toMatchObject({ keyLast4: '0001', version: 1, isDefault: true });
	});

	it.each(['cohere', 'mock', 'nope', 'constructor', '__proto__'])('refuses %s, of which it has no key', async (id) => {
		const error = await refusal(bench.caller.adoptEnvironment({ providers: ['openai', id] }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'providers[1]' });
	});

	it('is for the operator alone', async () => {
		const owner = providerBench(principal('o1'), { variables });
		expect(await refusal(owner.caller.adoptEnvironment())).toMatchObject({ code: 'forbidden' });
		expect((await owner.caller.list()).every(({ source }) => source === 'environment')).toBe(true);
	});
});
