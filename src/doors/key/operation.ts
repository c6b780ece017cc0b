/** `GET /v1/key`: what the credential of this request is, may do, has spent and has left. */
import { keyAccount } from '../../services/key-account';
import { operation } from '../rest/operation';
import { json } from '../rest/serve';
import { keyBody } from './response';
import { keyResponse } from './schema';

export const keyOperations = [
	operation({
		id: 'getKey',
		method: 'get',
		path: '/v1/key',
		tag: 'Key',
		summary: 'The credential of this request',
		description:
			"Who you are, what you may call, your limits and what is left of them. The organization's own figures are shown to credentials with the scope `manage`.",
		access: 'any',
		answers: {
			200: { description: 'The credential.', body: { name: 'KeyResponse', schema: keyResponse } },
		},
		errors: { shape: 'openai', statuses: [400, 401, 403, 404, 500, 503] },
		handle: async (c) => {
			const { composition } = c.var;
			const account = await keyAccount(composition.services(c.get('principal'), c.get('requestId')));
			return json(keyBody(account));
		},
	}),
];
