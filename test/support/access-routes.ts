/** Every HTTP route, as Hono has it: who may call it, and what it tells of another tenant's rows. */
import type { Access, AccessRequest, Entry, Example, Others, Rows } from './access-types';

const JSON_TYPE = { 'content-type': 'application/json' };

type Given = (
	rows: Rows,
	fresh: string,
) => { readonly path?: string; readonly body?: unknown } & Pick<AccessRequest, 'headers'>;

/** A way to call a route; without `path` it is the route's own. */
function way(
	access: Access,
	others: Others,
	at: string,
	given: Given = () => ({}),
	more: Partial<Pick<Example, 'answers' | 'cookie'>> = {},
): Example {
	const [method = 'GET', path = '/'] = at.split(' ');
	return {
		access,
		others,
		...more,
		request: (rows, fresh) => {
			const { headers, ...rest } = given(rows, fresh);
			return { method, path, ...rest, headers: { ...(rest.body !== undefined && JSON_TYPE), ...headers } };
		},
	};
}

/** Profiles and aliases of the rows lead to a model for chat. */
const EMBEDDING = 'mock/embed';

const messages = [{ role: 'user', content: 'Hello' }];

/** One inference door: a plain request, and what names of an organization in it end with. */
function inference(at: string, model: string, body: object): Entry {
	const named = (of: (rows: Rows) => string, more: Parameters<typeof way>[4] = {}): Example =>
		way('inference', 'model_not_found', at, (rows) => ({ body: { ...body, model: of(rows) } }), more);
	const chatOnly = model === EMBEDDING ? { answers: 400 } : {};
	return {
		'': way('inference', 'own', at, () => ({ body: { ...body, model } })),
		'with an agent': way('inference', 'model_not_found', at, ({ agent }) => ({
			body: { ...body, model: 'default' },
			headers: { 'x-switchyard-agent': agent.slug },
		})),
		'with an agent as model': named(({ agent }) => `agent:${agent.slug}`),
		'with a profile': named(({ profile }) => `profile:${profile}`, chatOnly),
		'with an alias': named(({ alias }) => alias, chatOnly),
		'with a server': named(({ server }) => `${server}/m`),
	};
}

const PROVIDERS = '/api/v1/llm-providers';

const ofProvider =
	(rest: string, body?: (fresh: string) => unknown): Given =>
	({ provider }, fresh) => ({ path: `${PROVIDERS}/${provider}${rest}`, ...(body && { body: body(fresh) }) });

/** A method that the path does not have: refused like those that it has, and 405 for whoever is let in. */
const otherMethod = (at: string): Entry => ({
	'': way('manage', 'own', at, () => (at.startsWith('GET') ? {} : { body: {} }), { answers: 405 }),
});

export const routes: Readonly<Record<string, Entry>> = {
	'GET /healthz': { '': way('open', null, 'GET /healthz') },
	'GET /readyz': { '': way('open', null, 'GET /readyz') },
	'GET /docs': { '': way('open', null, 'GET /docs') },
	'GET /api/v1/openapi.json': { '': way('open', null, 'GET /api/v1/openapi.json') },
	'ALL /api/v1/openapi.json': {
		'': way('open', null, 'POST /api/v1/openapi.json', () => ({ body: {} }), { answers: 405 }),
	},

	'POST /v1/chat/completions': inference('POST /v1/chat/completions', 'mock/echo', { messages }),
	'POST /v1/embeddings': inference('POST /v1/embeddings', EMBEDDING, { input: 'Hello' }),
	'POST /v1/messages': inference('POST /v1/messages', 'mock/echo', { messages, max_tokens: 16 }),
	'POST /v1/messages/count_tokens': inference('POST /v1/messages/count_tokens', 'mock/echo', { messages }),
	'POST /v1/responses': inference('POST /v1/responses', 'mock/echo', { input: 'Hello' }),
	'GET /v1/models': { '': way('inference', 'own', 'GET /v1/models') },
	'GET /v1/models/:id{.+}': {
		'': way('inference', 'own', 'GET /v1/models/mock/echo'),
		'of a server': way('inference', 'model_not_found', 'GET', ({ server }) => ({
			path: `/v1/models/${server}/gpt-4o-mini`,
		})),
		'of a server, escaped': way('inference', 'model_not_found', 'GET', ({ server }) => ({
			path: `/v1/models/${server}%2Fgpt-4o-mini`,
		})),
	},
	'GET /v1/key': { '': way('any', 'own', 'GET /v1/key') },
	'ALL /v1/providers/:provider/:path{.+}': {
		'': way('inference', 'own', 'POST /v1/providers/openai/moderations', () => ({ body: { input: 'Hello' } })),
		'of a server': way('inference', 'model_not_found', 'POST', ({ server }) => ({
			path: `/v1/providers/${server}/moderations`,
			body: { input: 'Hello' },
		})),
	},

	'POST /trpc/*': { '': way('any', 'own', 'POST /trpc/nothing', () => ({ body: {} }), { answers: 404 }) },
	'ALL /trpc/*': { '': way('any', 'own', 'GET /trpc/nothing', () => ({}), { answers: 404 }) },

	'POST /api/v1/session': {
		'': way('any', 'own', 'POST /api/v1/session', () => ({}), { cookie: 'ignored' }),
	},
	'GET /api/v1/session': { '': way('any', 'own', 'GET /api/v1/session') },
	'DELETE /api/v1/session': {
		'': way('any', 'own', 'DELETE /api/v1/session', () => ({}), { cookie: 'unopened' }),
	},
	'ALL /api/v1/session': { '': way('any', 'own', 'PUT /api/v1/session', () => ({ body: {} }), { answers: 405 }) },

	[`POST ${PROVIDERS}`]: {
		'': way('manage', 'own', `POST ${PROVIDERS}`, (_, fresh) => ({
			body: { provider: 'openai', name: fresh, apiKey: 'sk-added-0123456789' },
		})),
	},
	[`GET ${PROVIDERS}`]: { '': way('manage', 'own', `GET ${PROVIDERS}`) },
	[`GET ${PROVIDERS}/:id`]: { '': way('manage', 'not_found', 'GET', ofProvider('')) },
	[`PUT ${PROVIDERS}/:id`]: {
		'': way(
			'manage',
			'not_found',
			'PUT',
			ofProvider('', (fresh) => ({ name: fresh })),
		),
	},
	[`DELETE ${PROVIDERS}/:id`]: {
		'': way('manage', 'not_found', 'DELETE', ofProvider('')),
		'with its key': way('manage', 'not_found', 'DELETE', ofProvider('?erase=true')),
	},
	[`POST ${PROVIDERS}/:id/rotate`]: {
		'': way(
			'manage',
			'not_found',
			'POST',
			ofProvider('/rotate', () => ({ apiKey: 'sk-rotated-0123456789' })),
		),
	},
	[`POST ${PROVIDERS}/:id/test`]: {
		'': way(
			'manage',
			'not_found',
			'POST',
			ofProvider('/test', () => ({})),
		),
	},
	[`GET ${PROVIDERS}/:id/usage`]: { '': way('manage', 'not_found', 'GET', ofProvider('/usage')) },
	[`GET ${PROVIDERS}/:id/models`]: { '': way('manage', 'not_found', 'GET', ofProvider('/models')) },
	[`ALL ${PROVIDERS}`]: otherMethod(`PUT ${PROVIDERS}`),
	[`ALL ${PROVIDERS}/:id`]: otherMethod(`POST ${PROVIDERS}/some`),
	[`ALL ${PROVIDERS}/:id/rotate`]: otherMethod(`GET ${PROVIDERS}/some/rotate`),
	[`ALL ${PROVIDERS}/:id/test`]: otherMethod(`GET ${PROVIDERS}/some/test`),
	[`ALL ${PROVIDERS}/:id/usage`]: otherMethod(`POST ${PROVIDERS}/some/usage`),
	[`ALL ${PROVIDERS}/:id/models`]: otherMethod(`POST ${PROVIDERS}/some/models`),
};
