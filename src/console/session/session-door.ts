/**
 * `/api/v1/session`: a credential goes in once and comes back as a cookie that no script can read. Whatever the
 * console asks after that, the browser adds it.
 */
import type { GatewayFailure } from '../../client';
import { refusal } from '../failure/refusal';

const PATH = '/api/v1/session';
const ORGANIZATION_HEADER = 'x-switchyard-organization';

/** Who is signed in. */
export interface SessionView {
	readonly kind: 'gateway-key' | 'operator' | 'user';
	/** null for gateway keys and the operator. */
	readonly role: 'owner' | 'admin' | 'member' | 'service' | null;
	/** What requests act on; null: the operator of a platform that has none yet. */
	readonly organization: { readonly id: string; readonly slug: string } | null;
	readonly scopes: readonly string[];
	/** ISO 8601: when credential or session ends, whichever is first; null: neither does. */
	readonly expiresAt: string | null;
}

interface Problem {
	readonly code: GatewayFailure['code'];
	readonly detail: string;
	readonly param: string | null;
}

const isProblem = (body: unknown): body is Problem =>
	typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;

/** Throws what the gateway says (see `failureOf`), or whatever kept it from being reached. */
async function asked(method: 'GET' | 'POST' | 'DELETE', init: RequestInit = {}): Promise<Response> {
	const response = await fetch(PATH, { method, cache: 'no-store', ...init });
	if (response.ok) return response;
	const body: unknown = await response.json();
	if (!isProblem(body)) throw new Error(`The gateway answered with status ${response.status}.`);
	const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
	throw refusal({
		code: body.code,
		message: body.detail,
		param: body.param,
		retryable: response.status >= 500 || response.status === 429,
		retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
	});
}

export async function openSession(credential: string): Promise<void> {
	const { body } = await asked('POST', {
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ credential }),
	});
	// Unread it would keep its connection.
	await body?.cancel();
}

/** `organization`: what the operator acts on, by slug; null: the one the gateway takes without a choice. */
export async function readSession(organization: string | null): Promise<SessionView> {
	const response = await asked('GET', {
		headers: { ...(organization !== null && { [ORGANIZATION_HEADER]: organization }) },
	});
	return (await response.json()) as SessionView;
}

export async function closeSession(): Promise<void> {
	await asked('DELETE');
}
