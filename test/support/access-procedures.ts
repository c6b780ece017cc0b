/** Every procedure of the typed API: who may call it, and what it tells of another tenant's rows. */
import type { Access, AccessRequest, Entry, Example, Others, Rows } from './access-types';

type Input = (rows: Rows, fresh: string) => unknown;
type More = Partial<Pick<Example, 'answers'>>;

const none: Input = () => undefined;

/** Filled in by the table below: an example does not repeat its procedure's name. */
interface Declared {
	readonly kind: 'query' | 'mutation' | 'stream';
	readonly examples: Readonly<
		Record<string, { readonly access: Access; readonly input: Input; readonly others: Others } & More>
	>;
}

const declared =
	(kind: Declared['kind']) =>
	(access: Access, others: Others, input: Input = none, more: More = {}): Declared => ({
		kind,
		examples: { '': { access, others, input, ...more } },
	});

const query = declared('query');
const mutation = declared('mutation');
const stream = declared('stream');

/** More ways to call it, with the access of the first unless they say another. */
function also(
	first: Declared,
	ways: Readonly<Record<string, { readonly input: Input; readonly others: Others; readonly access?: Access } & More>>,
): Declared {
	const access = first.examples['']?.access ?? 'manage';
	const more = Object.entries(ways).map(([how, way]) => [how, { access, ...way }] as const);
	return { ...first, examples: { ...first.examples, ...Object.fromEntries(more) } };
}

const messages = [{ role: 'user', content: 'Hello' }];
const asked: Input = () => ({ model: 'mock/echo', messages });
const source = { system: 'You help.' };

/** What every way of naming something of an organization in a request for a model ends with. */
const modelsOfOthers = (body: object, chatOnly: More = {}) =>
	({
		'with an agent': { others: 'model_not_found', input: ({ agent }) => ({ agent: agent.slug, ...body }) },
		'with an agent as model': {
			others: 'model_not_found',
			input: ({ agent }) => ({ model: `agent:${agent.slug}`, ...body }),
		},
		'with a profile': {
			others: 'model_not_found',
			input: ({ profile }) => ({ model: `profile:${profile}`, ...body }),
			...chatOnly,
		},
		'with an alias': { others: 'model_not_found', input: ({ alias }) => ({ model: alias, ...body }), ...chatOnly },
		'with a server': { others: 'model_not_found', input: ({ server }) => ({ model: `${server}/m`, ...body }) },
	}) satisfies Readonly<Record<string, { readonly input: Input; readonly others: Others } & More>>;

const PROCEDURES: Readonly<Record<string, Declared>> = {
	health: query('any', 'own'),
	chat: also(mutation('inference', 'own', asked), modelsOfOthers({ messages })),
	stream: also(stream('inference', 'own', asked), modelsOfOthers({ messages })),
	embed: also(
		mutation('inference', 'own', () => ({ model: 'mock/embed', input: 'Hello' })),
		modelsOfOthers({ input: 'Hello' }, { answers: 400 }),
	),
	'tokens.count': also(mutation('inference', 'own', asked), modelsOfOthers({ messages })),
	'cost.estimate': also(mutation('inference', 'own', asked), modelsOfOthers({ messages })),
	'models.list': query('inference', 'own'),

	'agents.create': mutation('manage', 'own', (_, fresh) => ({ slug: fresh, name: fresh, model: 'mock/echo' })),
	'agents.list': query('manage', 'own'),
	'agents.get': also(
		query('manage', 'not_found', ({ agent }) => ({ id: agent.id })),
		{ 'by slug': { others: 'not_found', input: ({ agent }) => ({ slug: agent.slug }) } },
	),
	'agents.update': also(
		mutation('manage', 'not_found', ({ agent }, fresh) => ({ id: agent.id, name: fresh })),
		{ 'by slug': { others: 'not_found', input: ({ agent }, fresh) => ({ slug: agent.slug, name: fresh }) } },
	),
	'agents.delete': also(
		mutation('manage', 'not_found', ({ agent }) => ({ id: agent.id })),
		{ 'by slug': { others: 'not_found', input: ({ agent }) => ({ slug: agent.slug }) } },
	),

	'aliases.list': query('manage', 'own'),
	'aliases.set': mutation('manage', 'own', (_, fresh) => ({ name: fresh, target: 'mock/echo' })),
	'aliases.remove': mutation('manage', 'not_found', ({ alias }) => ({ name: alias })),

	'audit.list': also(query('manage', 'own'), {
		'of an entity': { others: 'own', input: ({ agent }) => ({ entity: 'agent', entityId: agent.id }) },
		'of an organization': { others: 'not_found', input: ({ organization }) => ({ organizationId: organization.id }) },
		'of the platform': { access: 'operator', others: null, input: () => ({ platform: true }) },
	}),

	'config.explain': also(query('manage', 'own'), {
		'for an agent': { others: 'not_found', input: ({ agent }) => ({ agent: agent.slug }) },
		'for a key': { others: 'not_found', input: ({ key }) => ({ key }) },
		'for a token': { others: 'not_found', input: ({ token }) => ({ key: token }) },
	}),
	'config.export': query('manage', 'own'),
	'config.import': also(
		mutation('manage', 'own', (_, fresh) => ({ document: `switchyard: 1\naliases:\n  ${fresh}: mock/echo\n` })),
		{
			'with a reference to the environment': {
				access: 'operator',
				others: null,
				input: (_, fresh) => ({
					document: `switchyard: 1\nproviders:\n  - { provider: groq, name: ${fresh}, apiKey: "\${GROQ_API_KEY}" }\n`,
				}),
			},
		},
	),

	'customModels.list': query('manage', 'own'),
	'customModels.get': query('manage', 'not_found', ({ model }) => ({ provider: 'openai', model })),
	'customModels.set': mutation('manage', 'own', (_, fresh) => ({
		provider: 'openai',
		model: fresh,
		contextWindow: 9_000,
	})),
	'customModels.remove': mutation('manage', 'not_found', ({ model }) => ({ provider: 'openai', model })),

	'fallbacks.get': query('manage', 'own'),
	'fallbacks.set': mutation('manage', 'own', () => ({ chain: ['mock/echo'] })),
	'fallbacks.setFor': mutation('manage', 'own', () => ({ model: 'openai/gpt-4o', chain: ['mock/echo'] })),
	'fallbacks.remove': mutation('manage', 'not_found', ({ chained }) => ({ model: chained })),

	'gatewayKeys.create': also(
		mutation('manage', 'own', (_, fresh) => ({ name: fresh })),
		{
			'for an agent': {
				others: 'invalid_request',
				input: ({ agent }, fresh) => ({ name: fresh, allowedAgents: [agent.slug] }),
			},
			'for a server': {
				others: 'invalid_request',
				input: ({ server }, fresh) => ({ name: fresh, allowedProviders: [server] }),
			},
		},
	),
	'gatewayKeys.list': also(query('manage', 'own'), {
		'with tokens': { others: 'own', input: () => ({ tokens: true }) },
		'after a key': { others: 'own', input: ({ key }) => ({ tokens: true, after: key }) },
	}),
	'gatewayKeys.get': also(
		query('manage', 'not_found', ({ key }) => ({ id: key })),
		{ 'for a token': { others: 'not_found', input: ({ token }) => ({ id: token }) } },
	),
	'gatewayKeys.update': mutation('manage', 'not_found', ({ key }, fresh) => ({ id: key, name: fresh })),
	'gatewayKeys.rotate': mutation('manage', 'not_found', ({ key }) => ({ id: key })),
	'gatewayKeys.revoke': also(
		mutation('manage', 'not_found', ({ key }) => ({ id: key })),
		{ 'for a token': { others: 'not_found', input: ({ token }) => ({ id: token }) } },
	),
	'gatewayKeys.issueToken': also(
		mutation('manage', 'own', () => ({ ttlSeconds: 60 })),
		{ 'for an agent': { others: 'invalid_request', input: ({ agent }) => ({ agents: [agent.slug] }) } },
	),

	'globalSettings.list': query('manage', 'own'),
	'globalSettings.create': mutation('operator', null, (_, fresh) => ({
		id: fresh,
		provider: 'mock',
		model: 'echo',
		displayName: fresh,
		category: 'fast',
	})),
	'globalSettings.update': mutation('operator', null, ({ global }, fresh) => ({ id: global, displayName: fresh })),
	'globalSettings.remove': mutation('operator', null, ({ global }) => ({ id: global })),
	'globalSettings.setDefault': mutation('operator', null, ({ global }) => ({ id: global })),

	'memberships.list': also(query('manage', 'own'), {
		'after a user': { others: 'own', input: ({ user }) => ({ removed: true, after: user }) },
	}),
	'memberships.get': query('manage', 'not_found', ({ user }) => ({ userId: user })),
	'memberships.set': also(
		mutation('manage', 'own', (_, fresh) => ({ userId: fresh, role: 'member' })),
		{
			'granting admin': { access: 'owner', others: 'own', input: (_, fresh) => ({ userId: fresh, role: 'admin' }) },
			'granting owner': { access: 'owner', others: 'own', input: (_, fresh) => ({ userId: fresh, role: 'owner' }) },
		},
	),
	'memberships.remove': mutation('manage', 'not_found', ({ user }) => ({ userId: user })),

	'organizations.create': mutation('operator', null, (_, fresh) => ({ name: fresh, slug: fresh })),
	'organizations.list': query('operator', null),
	'organizations.get': also(
		query('manage', 'not_found', ({ organization }) => ({ id: organization.id })),
		{
			'by slug': { others: 'not_found', input: ({ organization }) => ({ slug: organization.slug }) },
			'without naming one': { others: 'own', input: none },
		},
	),
	'organizations.update': also(
		mutation('manage', 'not_found', ({ organization }, fresh) => ({ id: organization.id, name: fresh })),
		{
			'by slug': {
				others: 'not_found',
				input: ({ organization }, fresh) => ({ slug: organization.slug, name: fresh }),
			},
			'without naming one': { others: 'own', input: (_, fresh) => ({ name: fresh }) },
			'of its limits': { access: 'owner', others: 'own', input: () => ({ requestsPerMinute: 1_000_000 }) },
			'of its budget': { access: 'owner', others: 'own', input: () => ({ budgetMonthUsd: '1000000' }) },
			'of its plan': { access: 'operator', others: null, input: () => ({ plan: 'enterprise' }) },
		},
	),
	'organizations.setRouting': mutation('manage', 'own', () => ({ routing: { sticky: false } })),
	'organizations.setContext': mutation('manage', 'own', () => ({ context: { mode: 'refuse' } })),
	'organizations.delete': mutation('operator', null, ({ spare }) => ({ id: spare.id, confirm: spare.slug })),

	'profiles.list': query('manage', 'own'),
	'profiles.set': also(
		mutation('manage', 'own', (_, fresh) => ({ name: fresh, provider: 'mock', model: 'echo' })),
		{
			'with a key': {
				others: 'invalid_request',
				input: ({ server }, fresh) => ({ name: fresh, provider: 'custom', model: 'm', keyRef: server }),
			},
		},
	),
	'profiles.remove': mutation('manage', 'not_found', ({ profile }) => ({ name: profile })),
	'profiles.setDefault': mutation('manage', 'not_found', ({ profile }) => ({ name: profile })),

	'prompts.get': also(
		query('manage', 'not_found', ({ agent }) => ({ agent: agent.id })),
		{ 'by slug': { others: 'not_found', input: ({ agent }) => ({ agent: agent.slug }) } },
	),
	'prompts.history': also(
		query('manage', 'not_found', ({ agent }) => ({ agent: agent.id })),
		{ 'by slug': { others: 'not_found', input: ({ agent }) => ({ agent: agent.slug }) } },
	),
	'prompts.set': also(
		mutation('manage', 'not_found', ({ agent }, fresh) => ({ agent: agent.id, prompt: { system: fresh } })),
		{
			'by slug': {
				others: 'not_found',
				input: ({ agent }, fresh) => ({ agent: agent.slug, prompt: { system: fresh } }),
			},
		},
	),
	'prompts.revert': mutation('manage', 'not_found', ({ agent }) => ({ agent: agent.id, to: 1 })),
	'prompts.clear': mutation('manage', 'not_found', ({ agent }) => ({ agent: agent.id })),
	'prompts.preview': also(
		mutation('manage', 'own', () => ({ prompt: source })),
		{ 'of an agent': { others: 'not_found', input: ({ agent }) => ({ agent: agent.slug }) } },
	),

	'providers.available': query('manage', 'own'),
	'providers.add': mutation('manage', 'own', (_, fresh) => ({
		provider: 'openai',
		name: fresh,
		apiKey: 'sk-added-0123456789',
	})),
	'providers.list': query('manage', 'own'),
	'providers.get': query('manage', 'not_found', ({ provider }) => ({ id: provider })),
	'providers.update': mutation('manage', 'not_found', ({ provider }, fresh) => ({ id: provider, name: fresh })),
	'providers.remove': mutation('manage', 'not_found', ({ provider }) => ({ id: provider })),
	'providers.test': mutation('manage', 'not_found', ({ provider }) => ({ id: provider })),
	'providers.status': also(query('manage', 'own'), {
		'of a provider': { others: 'own', input: () => ({ provider: 'openai' }) },
	}),
	'providers.usage': query('manage', 'not_found', ({ provider }) => ({ id: provider })),
	'providers.models': query('manage', 'not_found', ({ provider }) => ({ id: provider })),
	'providers.rotate': mutation('manage', 'not_found', ({ provider }) => ({
		id: provider,
		apiKey: 'sk-rotated-0123456789',
	})),
	'providers.adoptEnvironment': mutation('operator', null, () => ({ providers: ['groq'] })),
	'providers.resealKeys': mutation('operator', null, () => ({})),
	'providers.pullModel': stream('manage', 'not_found', ({ puller }) => ({ name: puller, model: 'llama3.2' })),
};

const JSON_LINES = { 'content-type': 'application/json', 'trpc-accept': 'application/jsonl' };

function requestOf(path: string, kind: Declared['kind'], input: unknown): AccessRequest {
	if (kind === 'query') {
		const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
		return { method: 'GET', path: `/trpc/${path}${search}` };
	}
	const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
	if (kind === 'mutation') return { ...post, path: `/trpc/${path}`, body: input };
	return { method: 'POST', path: `/trpc/${path}?batch=1`, headers: JSON_LINES, body: { 0: input }, streamed: true };
}

/** By name, as `appRouter._def.procedures` has them. */
export const procedures: Readonly<Record<string, Entry>> = Object.fromEntries(
	Object.entries(PROCEDURES).map(([path, { kind, examples }]) => [
		path,
		Object.fromEntries(
			Object.entries(examples).map(([how, { input, ...example }]) => [
				how,
				{ ...example, request: (rows, fresh) => requestOf(path, kind, input(rows, fresh)) } satisfies Example,
			]),
		),
	]),
);

/** `query` or `mutation`, as the router itself says it. */
export const procedureKinds: Readonly<Record<string, string>> = Object.fromEntries(
	Object.entries(PROCEDURES).map(([path, { kind }]) => [path, kind === 'query' ? 'query' : 'mutation']),
);
