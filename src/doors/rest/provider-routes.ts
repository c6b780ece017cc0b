/** `/api/v1/llm-providers`: an organization's provider keys over the services that tRPC uses too. */
import type { HttpContext } from '../../http/context';
import { goneController } from '../../http/gone';
import { addProviderInput } from '../../services/provider-input';
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
import { expectedVersion } from './precondition';
import { removeQuery, rotateRequest, testRequest, updateRequest, usageQuery } from './provider-requests';
import { providerAnswer, providerBody } from './provider-response';
import { json, noContent, route } from './serve';

const PATH = '/api/v1/llm-providers';

const servicesOf = (c: HttpContext) => c.var.composition.services(c.get('principal'), c.get('requestId'));
const idOf = (c: HttpContext): string => c.req.param('id') ?? '';

/** What `If-Match`, or the body's `version`, insists on, as a field of the service's input. */
async function versionOf(c: HttpContext, inBody?: number) {
	const current = async () => (await getProvider(servicesOf(c), { id: idOf(c) })).version;
	const version = await expectedVersion(c.req.header('if-match'), inBody, current);
	return version === undefined ? {} : { version };
}

export const providerRoutes = {
	add: route({
		method: 'post',
		path: PATH,
		body: addProviderInput,
		handle: async (c, { body }) => {
			const view = await addProvider(servicesOf(c), body);
			return providerAnswer(view, 201, { location: `${PATH}/${encodeURIComponent(view.id)}` });
		},
	}),
	list: route({
		method: 'get',
		path: PATH,
		handle: async (c) => json({ data: (await listProviders(servicesOf(c))).map(providerBody) }),
	}),
	get: route({
		method: 'get',
		path: `${PATH}/{id}`,
		handle: async (c) => providerAnswer(await getProvider(servicesOf(c), { id: idOf(c) })),
	}),
	update: route({
		method: 'put',
		path: `${PATH}/{id}`,
		body: updateRequest,
		handle: async (c, { body: { version, ...changes } }) => {
			const expected = await versionOf(c, version);
			return providerAnswer(await updateProvider(servicesOf(c), { ...changes, ...expected, id: idOf(c) }));
		},
	}),
	remove: route({
		method: 'delete',
		path: `${PATH}/{id}`,
		query: removeQuery,
		handle: async (c, { query }) => {
			await removeProvider(servicesOf(c), {
				id: idOf(c),
				...(await versionOf(c)),
				...(query.erase !== undefined && { erase: query.erase === 'true' }),
			});
			return noContent();
		},
	}),
	rotate: route({
		method: 'post',
		path: `${PATH}/{id}/rotate`,
		body: rotateRequest,
		handle: async (c, { body: { version, ...key } }) => {
			const expected = await versionOf(c, version);
			const { signal } = goneController(c);
			return providerAnswer(await rotateProvider(servicesOf(c), { ...key, ...expected, id: idOf(c) }, signal));
		},
	}),
	test: route({
		method: 'post',
		path: `${PATH}/{id}/test`,
		body: testRequest,
		optional: true,
		handle: async (c, { body }) =>
			json(await testProvider(servicesOf(c), { ...body, id: idOf(c) }, goneController(c).signal)),
	}),
	usage: route({
		method: 'get',
		path: `${PATH}/{id}/usage`,
		query: usageQuery,
		handle: async (c, { query }) => json(await providerUsage(servicesOf(c), { ...query, id: idOf(c) })),
	}),
	models: route({
		method: 'get',
		path: `${PATH}/{id}/models`,
		handle: async (c) => json(await providerModels(servicesOf(c), { id: idOf(c) })),
	}),
};
