import { beforeEach, expect, it } from 'vitest';
import { insertOrganization, principal, refusal } from './bench';
import { KEY, providerBench } from './provider-bench';

beforeEach(() => insertOrganization('o1'));

const bench = () => providerBench(principal('o1'));

const kindOf = async (id: string) => (await bench().caller.available()).find((kind) => kind.id === id);

it('every provider that takes rows is listed with what they hold, the built-in one is not', async () => {
	expect(await kindOf('mock')).toBeUndefined();
	expect(await kindOf('openai')).toEqual({
		id: 'openai',
		label: 'OpenAI',
		key: 'needed',
		keyForm: 'bearer',
		baseUrl: 'https://api.openai.com/v1',
		addressFields: [],
		config: ['organization', 'project'],
		poolConfig: ['residency', 'weight', 'requestsPerMinute', 'tokensPerMinute'],
		named: false,
		local: false,
	});
	expect(await kindOf('bedrock')).toMatchObject({ keyForm: 'aws', baseUrl: null, addressFields: ['region'] });
	expect(await kindOf('ollama')).toMatchObject({ key: 'optional', local: true });
	expect(await kindOf('custom')).toMatchObject({ key: 'optional', baseUrl: null, addressFields: [], named: true });
});

it('what is said to be needed is what adding a row insists on', async () => {
	const { caller } = bench();
	for (const { id, key, baseUrl } of await caller.available()) {
		const bare = await refusal(caller.add({ provider: id, ...(key === 'needed' && { apiKey: KEY }) })).catch(
			() => null,
		);
		expect([id, bare?.param ?? null]).toEqual([id, baseUrl === null ? 'baseUrl' : null]);
		if (key !== 'needed') continue;
		const keyless = await refusal(caller.add({ provider: id, name: 'keyless', baseUrl: 'https://llm.example.com' }));
		expect([id, keyless.param]).toEqual([id, 'apiKey']);
	}
});
