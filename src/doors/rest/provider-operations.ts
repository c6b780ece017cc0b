/** `/api/v1/llm-providers`: an organization's provider keys over the services that tRPC uses too. */
import type { HttpContext } from '../../http/context';
import { goneController } from '../../http/gone';
import {
	addProvider,
	getProvider,
	listProviders,
	providerModels,
	providerUsage,
	removeProvider,
	rotateProvider,
	testProvider,
	updateProvider,
} from '../../services/providers';
import { type Answer, operation } from './operation';
import { expectedVersion } from './precondition';
import {
	addProviderRequest,
	removeQuery,
	rotateProviderRequest,
	testProviderRequest,
	updateProviderRequest,
	usageQuery,
} from './provider-requests';
import { providerAnswer, providerBody } from './provider-response';
import {
	providerListResponse,
	providerModelsResponse,
	providerResponse,
	providerUsageResponse,
	testProviderResponse,
} from './provider-schemas';
import { json, noContent } from './serve';

const PATH = '/api/v1/llm-providers';

const IF_MATCH = {
	'If-Match': 'The ETag of an earlier answer (or `*`): refused with 409 where the row has changed since.',
};
const ETAG = { ETag: 'The version, in quotes.' };
const ID = { id: "Id of the row; of one from the environment its provider's id." };

/** Everything here can fail in these ways; 404 also where the operator names an organization there is none of. */
const COMMON = [400, 401, 403, 404, 500, 503];

const servicesOf = (c: HttpContext) => c.var.composition.services(c.get('principal'), c.get('requestId'));
const idOf = (c: HttpContext): string => c.req.param('id') ?? '';

/** What `If-Match`, or the body's `version`, insists on, as a field of the service's input. */
async function versionOf(c: HttpContext, inBody?: number) {
	const current = async () => (await getProvider(servicesOf(c), { id: idOf(c) })).version;
	const version = await expectedVersion(c.req.header('if-match'), inBody, current);
	return version === undefined ? {} : { version };
}

const one: Answer = { description: 'The row.', body: providerResponse, headers: ETAG };

export const providerOperations = [
	operation({
		id: 'addProvider',
		method: 'post',
		path: PATH,
		tag: 'Providers',
		summary: 'Add a provider',
		description:
			"Stores a key, sealed, and uses it from the next request on, in the environment's place. `name` defaults to the provider's id; a second row of one provider and name is refused with 409.",
		access: 'manage',
		body: addProviderRequest,
		answers: {
			201: { description: 'The row.', body: providerResponse, headers: { ...ETAG, Location: 'Path of the row.' } },
		},
		errors: { shape: 'problem', statuses: [...COMMON, 409, 413] },
		handle: async (c, { body }) => {
			const view = await addProvider(servicesOf(c), body);
			return providerAnswer(view, 201, { location: `${PATH}/${encodeURIComponent(view.id)}` });
		},
	}),
	operation({
		id: 'listProviders',
		method: 'get',
		path: PATH,
		tag: 'Providers',
		summary: 'List the providers',
		access: 'manage',
		answers: { 200: { description: 'All rows.', body: providerListResponse } },
		errors: { shape: 'problem', statuses: COMMON },
		handle: async (c) => json({ data: (await listProviders(servicesOf(c))).map(providerBody) }),
	}),
	operation({
		id: 'getProvider',
		method: 'get',
		path: `${PATH}/{id}`,
		tag: 'Providers',
		summary: 'Get a provider',
		parameters: ID,
		access: 'manage',
		answers: { 200: one },
		errors: { shape: 'problem', statuses: COMMON },
		handle: async (c) => providerAnswer(await getProvider(servicesOf(c), { id: idOf(c) })),
	}),
	operation({
		id: 'updateProvider',
		method: 'put',
		path: `${PATH}/{id}`,
		tag: 'Providers',
		summary: 'Change a provider',
		description:
			'A field that is left out stays as it is, the key included. A base URL with another scheme, host or port needs the `apiKey` again: a key is never sent to a host it was not given for.',
		parameters: ID,
		headers: IF_MATCH,
		access: 'manage',
		body: updateProviderRequest,
		answers: { 200: one },
		errors: { shape: 'problem', statuses: [...COMMON, 409, 413] },
		handle: async (c, { body: { version, ...changes } }) => {
			const expected = await versionOf(c, version);
			return providerAnswer(await updateProvider(servicesOf(c), { ...changes, ...expected, id: idOf(c) }));
		},
	}),
	operation({
		id: 'removeProvider',
		method: 'delete',
		path: `${PATH}/{id}`,
		tag: 'Providers',
		summary: 'Remove a provider',
		description: 'Takes it out of use at once. The row stays, inactive, since its usage refers to it.',
		parameters: ID,
		query: removeQuery,
		headers: IF_MATCH,
		access: 'manage',
		answers: { 204: { description: 'Removed.' } },
		errors: { shape: 'problem', statuses: [...COMMON, 409] },
		handle: async (c, { query }) => {
			await removeProvider(servicesOf(c), {
				id: idOf(c),
				...(await versionOf(c)),
				...(query.erase !== undefined && { erase: query.erase === 'true' }),
			});
			return noContent();
		},
	}),
	operation({
		id: 'rotateProviderKey',
		method: 'post',
		path: `${PATH}/{id}/rotate`,
		tag: 'Providers',
		summary: 'Replace the key of a provider',
		description: 'In force on the next request. Everything else stays as it is.',
		parameters: ID,
		headers: IF_MATCH,
		access: 'manage',
		body: rotateProviderRequest,
		answers: { 200: one },
		errors: { shape: 'problem', statuses: [...COMMON, 409, 413] },
		handle: async (c, { body: { version, ...key } }) => {
			const expected = await versionOf(c, version);
			const { signal } = goneController(c);
			return providerAnswer(await rotateProvider(servicesOf(c), { ...key, ...expected, id: idOf(c) }, signal));
		},
	}),
	operation({
		id: 'testProvider',
		method: 'post',
		path: `${PATH}/{id}/test`,
		tag: 'Providers',
		summary: 'Test a provider',
		description:
			"Makes a real call with the stored key, as cheap as the provider has one: its health path or list of models, else one token. A model is called with the environment's key for the operator alone.",
		parameters: ID,
		access: 'manage',
		body: testProviderRequest,
		answers: { 200: { description: 'How it went, well or badly.', body: testProviderResponse } },
		errors: { shape: 'problem', statuses: [...COMMON, 413] },
		handle: async (c, { body }) =>
			json(await testProvider(servicesOf(c), { ...body, id: idOf(c) }, goneController(c).signal)),
	}),
	operation({
		id: 'getProviderUsage',
		method: 'get',
		path: `${PATH}/{id}/usage`,
		tag: 'Providers',
		summary: 'Usage of a provider',
		description: 'Per UTC day and model, a few seconds behind.',
		parameters: ID,
		query: usageQuery,
		access: 'manage',
		answers: { 200: { description: 'Usage.', body: providerUsageResponse } },
		errors: { shape: 'problem', statuses: COMMON },
		handle: async (c, { query }) => json(await providerUsage(servicesOf(c), { ...query, id: idOf(c) })),
	}),
	operation({
		id: 'listProviderModels',
		method: 'get',
		path: `${PATH}/{id}/models`,
		tag: 'Providers',
		summary: 'Models of a provider',
		description: "The catalog's, and those of the provider's own list as this very key sees it.",
		parameters: ID,
		access: 'manage',
		answers: { 200: { description: 'Models.', body: providerModelsResponse } },
		errors: { shape: 'problem', statuses: COMMON },
		handle: async (c) => json(await providerModels(servicesOf(c), { id: idOf(c) })),
	}),
];
