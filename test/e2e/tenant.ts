/** Organizations of one built Worker, each with what its callers are told and what the upstream sees of it. */
import { SignJWT } from 'jose';
import { createSwitchyard, type Switchyard } from '../../src/client';
import { type HeldCall, type HoldingUpstream, startHoldingUpstream } from '../support/node/holding-upstream';
import { type BuiltWorker, startBuilt, type Variables } from '../support/node/worker';

export const ENVIRONMENT_KEY = 'sk-environment-key';
const JWT_SECRET = 'tenant-jwt-secret-0123456789abcdef0123456789';

export type Trpc = Switchyard['trpc'];
export type Headers = Readonly<Record<string, string>>;

/** What came of one request. */
export interface Told {
	readonly status: number;
	/** null: it was answered. */
	readonly code: string | null;
	readonly param: string | null;
	/** `provider/model`, as the headers have it; null where nobody answered. */
	readonly by: string | null;
	/** Decimal USD; null: unknown. */
	readonly cost: string | null;
	readonly headers: globalThis.Headers;
	readonly body: Readonly<Record<string, unknown>>;
	/** The last call the upstream saw of it; null: none. */
	readonly call: HeldCall | null;
}

export interface Tenant {
	readonly id: string;
	readonly slug: string;
	/** A gateway key for inference. */
	readonly key: string;
	readonly keyId: string;
	/** The platform's operator, acting on this organization. */
	readonly admin: Trpc;
	/** The typed client with another credential. */
	as(key: string): Trpc;
	/** A chat completion; `key` is the organization's own unless given. */
	ask(model: string, more?: Asking): Promise<Told>;
	embed(more?: Asking): Promise<Told>;
	/** The REST interface, as the operator. Throws where it does not answer with 2xx. */
	rest(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>;
	/** A token of a user, as an identity provider would make it. */
	token(user: string, role: string): Promise<string>;
}

export interface Asking {
	readonly key?: string;
	readonly headers?: Headers;
	/** Fields of the body. */
	readonly body?: Readonly<Record<string, unknown>>;
	/** System message ahead of the user's. */
	readonly system?: string;
}

export interface Platform {
	readonly worker: BuiltWorker;
	/** Where the environment's keys lead. */
	readonly upstream: HoldingUpstream;
	/** Another server, for whoever moves there. */
	readonly elsewhere: HoldingUpstream;
	readonly operator: Trpc;
	tenant(options?: { readonly plan?: 'free' | 'pro'; readonly slug?: string }): Promise<Tenant>;
	close(): Promise<void>;
}

let made = 0;

/** A name nobody else has. */
export const fresh = (what: string): string => {
	made += 1;
	return `${what}-${made}`;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The built Worker with providers openai and mistral of its environment at an upstream, and none of them retried. */
export async function openPlatform(variables: Variables = {}): Promise<Platform> {
	const upstream = await startHoldingUpstream();
	const elsewhere = await startHoldingUpstream();
	const worker = await startBuilt({
		OPENAI_API_KEY: ENVIRONMENT_KEY,
		OPENAI_BASE_URL: upstream.root,
		MISTRAL_API_KEY: ENVIRONMENT_KEY,
		MISTRAL_BASE_URL: upstream.root,
		ALLOW_PRIVATE_UPSTREAMS: 'true',
		JWT_SECRET,
		LLM_MAX_ATTEMPTS: '1',
		LLM_BREAKER_FAILURES: '100000',
		LLM_USAGE_FLUSH_MS: '100',
		...variables,
	});
	const clientOf = (key: string, organization?: string): Trpc =>
		createSwitchyard({
			// Read at each call: a restart moves it.
			url: 'http://switchyard',
			fetch: (url, init) => fetch(url.replace('http://switchyard', worker.origin), init),
			key,
			...(organization !== undefined && { organization }),
		}).trpc;

	const post = (path: string, key: string, body: unknown, headers: Headers): Promise<Response> =>
		fetch(worker.origin + path, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});

	async function told(response: Response, text: string): Promise<Told> {
		const body = (await response.json()) as Readonly<Record<string, unknown>>;
		const error = isRecord(body.error) ? body.error : null;
		const { headers, status } = response;
		const provider = headers.get('x-switchyard-provider');
		const calls = [...upstream.calls, ...elsewhere.calls];
		return {
			status,
			code: textOf(error?.code),
			param: textOf(error?.param),
			by: status === 200 ? `${provider}/${headers.get('x-switchyard-model')}` : null,
			cost: headers.get('x-switchyard-cost-usd'),
			headers,
			body,
			call: calls.findLast((call) => call.text === text) ?? null,
		};
	}

	async function tenant({ plan = 'pro', slug = fresh('tenant') }: Parameters<Platform['tenant']>[0] = {}) {
		const { id } = await clientOf(worker.adminKey).organizations.create.mutate({ slug, name: slug, plan });
		const admin = clientOf(worker.adminKey, slug);
		const { id: keyId, key } = await admin.gatewayKeys.create.mutate({ name: 'first' });
		const whole: Tenant = {
			id,
			slug,
			key,
			keyId,
			admin,
			as: (other) => clientOf(other),
			async ask(model, more = {}) {
				const content = fresh('question');
				const system = more.system === undefined ? [] : [{ role: 'system', content: more.system }];
				const body = { model, messages: [...system, { role: 'user', content }], ...more.body };
				return told(await post('/v1/chat/completions', more.key ?? key, body, more.headers ?? {}), content);
			},
			async embed(more = {}) {
				const input = fresh('question');
				return told(await post('/v1/embeddings', more.key ?? key, { input, ...more.body }, more.headers ?? {}), input);
			},
			async rest(method, path, body) {
				const response = await fetch(`${worker.origin}/api/v1/llm-providers${path}`, {
					method,
					headers: {
						authorization: `Bearer ${worker.adminKey}`,
						'x-switchyard-organization': slug,
						...(body !== undefined && { 'content-type': 'application/json' }),
					},
					...(body !== undefined && { body: JSON.stringify(body) }),
				});
				const text = await response.text();
				if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
				return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
			},
			token: (user, role) =>
				new SignJWT({ organization_id: id, app_metadata: { role } })
					.setProtectedHeader({ alg: 'HS256' })
					.setSubject(user)
					.setExpirationTime('1h')
					.sign(new TextEncoder().encode(JWT_SECRET)),
		};
		return whole;
	}

	return {
		worker,
		upstream,
		elsewhere,
		operator: clientOf(worker.adminKey),
		tenant,
		async close() {
			await worker.stop();
			await upstream.close();
			await elsewhere.close();
		},
	};
}

/** The code with which the typed API refuses; null: it does not. */
export async function refusalOf(call: Promise<unknown>): Promise<string | null> {
	try {
		await call;
		return null;
	} catch (error) {
		const { data } = error as { readonly data?: { readonly gateway?: { readonly code: string } } };
		if (!data?.gateway) throw error;
		return data.gateway.code;
	}
}
