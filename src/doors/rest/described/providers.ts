/** What is told of the provider routes. */

import { type Answer, describedRoute } from '../operation';
import { providerRoutes } from '../provider-routes';
import {
	addProviderRequest,
	removeQuery,
	rotateProviderRequest,
	testProviderRequest,
	updateProviderRequest,
	usageQuery,
} from './provider-requests';
import {
	providerListResponse,
	providerModelsResponse,
	providerResponse,
	providerUsageResponse,
	testProviderResponse,
} from './provider-schemas';

const IF_MATCH = {
	'If-Match': 'The ETag of an earlier answer (or `*`): refused with 409 where the row has changed since.',
};
const ETAG = { ETag: 'The version, in quotes.' };
const ID = { id: "Id of the row; of one from the environment its provider's id." };

/** Everything here can fail in these ways; 404 also where the operator names an organization there is none of. */
const COMMON = [400, 401, 403, 404, 500, 503];

const one: Answer = { description: 'The row.', body: providerResponse, headers: ETAG };

const { add, list, get, update, remove, rotate, test, usage, models } = providerRoutes;

export const providerOperations = [
	describedRoute(add, {
		id: 'addProvider',
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
	}),
	describedRoute(list, {
		id: 'listProviders',
		tag: 'Providers',
		summary: 'List the providers',
		access: 'manage',
		answers: { 200: { description: 'All rows.', body: providerListResponse } },
		errors: { shape: 'problem', statuses: COMMON },
	}),
	describedRoute(get, {
		id: 'getProvider',
		tag: 'Providers',
		summary: 'Get a provider',
		parameters: ID,
		access: 'manage',
		answers: { 200: one },
		errors: { shape: 'problem', statuses: COMMON },
	}),
	describedRoute(update, {
		id: 'updateProvider',
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
	}),
	describedRoute(remove, {
		id: 'removeProvider',
		tag: 'Providers',
		summary: 'Remove a provider',
		description: 'Takes it out of use at once. The row stays, inactive, since its usage refers to it.',
		parameters: ID,
		query: removeQuery,
		headers: IF_MATCH,
		access: 'manage',
		answers: { 204: { description: 'Removed.' } },
		errors: { shape: 'problem', statuses: [...COMMON, 409] },
	}),
	describedRoute(rotate, {
		id: 'rotateProviderKey',
		tag: 'Providers',
		summary: 'Replace the key of a provider',
		description: 'In force on the next request. Everything else stays as it is.',
		parameters: ID,
		headers: IF_MATCH,
		access: 'manage',
		body: rotateProviderRequest,
		answers: { 200: one },
		errors: { shape: 'problem', statuses: [...COMMON, 409, 413] },
	}),
	describedRoute(test, {
		id: 'testProvider',
		tag: 'Providers',
		summary: 'Test a provider',
		description:
			"Makes a real call with the stored key, as cheap as the provider has one: its health path or list of models, else one token. A model is called with the environment's key for the operator alone.",
		parameters: ID,
		access: 'manage',
		body: testProviderRequest,
		answers: { 200: { description: 'How it went, well or badly.', body: testProviderResponse } },
		errors: { shape: 'problem', statuses: [...COMMON, 413] },
	}),
	describedRoute(usage, {
		id: 'getProviderUsage',
		tag: 'Providers',
		summary: 'Usage of a provider',
		description: 'Per UTC day and model, a few seconds behind.',
		parameters: ID,
		query: usageQuery,
		access: 'manage',
		answers: { 200: { description: 'Usage.', body: providerUsageResponse } },
		errors: { shape: 'problem', statuses: COMMON },
	}),
	describedRoute(models, {
		id: 'listProviderModels',
		tag: 'Providers',
		summary: 'Models of a provider',
		description: "The catalog's, and those of the provider's own list as this very key sees it.",
		parameters: ID,
		access: 'manage',
		answers: { 200: { description: 'Models.', body: providerModelsResponse } },
		errors: { shape: 'problem', statuses: COMMON },
	}),
];
