/** `GET /v1/key`: what the credential of this request is, may do, has spent and has left. */
import { keyAccount } from '../../services/key-account';
import { json, route } from '../rest/serve';
import { keyBody } from './response';

export const keyRoute = route({
	method: 'get',
	path: '/v1/key',
	handle: async (c) => {
		const { composition } = c.var;
		const account = await keyAccount(composition.services(c.get('principal'), c.get('requestId')));
		return json(keyBody(account));
	},
});
