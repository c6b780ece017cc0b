/** The console's session, as its door answers it. */
import * as z from 'zod';
import { signInRequest } from '../../session/request';
import { described, type Named } from '../operation';

const PATH = '/api/v1/session';

const sessionResponse = {
	name: 'SessionResponse',
	schema: z
		.object({
			kind: z.enum(['gateway-key', 'operator', 'user']),
			role: z.enum(['owner', 'admin', 'member', 'service']).nullable().describe('Of a user.'),
			organization: z
				.object({ id: z.string(), slug: z.string() })
				.nullable()
				.describe('null: the operator of a platform that has none yet, or who named none.'),
			scopes: z.array(z.enum(['inference', 'manage'])),
			expiresAt: z.iso.datetime().nullable().describe('When credential or session ends. null: neither does.'),
		})
		.describe('Who is signed in.'),
} satisfies Named;

const COOKIE = { 'Set-Cookie': 'The session, sealed; HttpOnly, for this origin alone, 12 hours.' };
const CLEARED = { 'Set-Cookie': 'Takes the cookie away.' };

export const sessionOperations = [
	described({
		id: 'createSession',
		method: 'post',
		path: PATH,
		tag: 'Session',
		summary: 'Sign in',
		description:
			'Swaps a credential, in the body or in the `Authorization` header, for a cookie. The credential is checked anew with each request, so that the session ends with it.',
		access: 'none',
		body: {
			name: 'SessionRequest',
			schema: signInRequest,
			optional: true,
			example: { credential: '<your key>' },
		},
		answers: { 201: { description: 'Signed in.', body: sessionResponse, headers: COOKIE } },
		errors: { shape: 'problem', statuses: [400, 401, 403, 404, 413, 500, 503] },
	}),
	described({
		id: 'getSession',
		method: 'get',
		path: PATH,
		tag: 'Session',
		summary: 'Who is signed in',
		access: 'manage',
		answers: { 200: { description: 'The caller.', body: sessionResponse } },
		errors: { shape: 'problem', statuses: [400, 401, 403, 404, 503] },
	}),
	described({
		id: 'deleteSession',
		method: 'delete',
		path: PATH,
		tag: 'Session',
		summary: 'Sign out',
		access: 'manage',
		answers: { 204: { description: 'Signed out.', headers: CLEARED } },
		errors: { shape: 'problem', statuses: [401, 403, 503] },
	}),
];
