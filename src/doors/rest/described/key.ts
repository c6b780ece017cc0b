/** What is told of `GET /v1/key`. */
import { keyRoute } from '../../key/route';
import { keyResponse } from '../../key/schema';
import { describedRoute } from '../operation';

export const keyOperations = [
	describedRoute(keyRoute, {
		id: 'getKey',
		tag: 'Key',
		summary: 'The credential of this request',
		description:
			"Who you are, what you may call, your limits and what is left of them. The organization's own figures are shown to credentials with the scope `manage`.",
		access: 'any',
		answers: {
			200: { description: 'The credential.', body: { name: 'KeyResponse', schema: keyResponse } },
		},
		errors: { shape: 'openai', statuses: [400, 401, 403, 404, 500, 503] },
	}),
];
