/** Organizations and rows made through the interface itself, for the access table to name. */
import { procedures } from './access-procedures';
import { routes } from './access-routes';
import type { AccessRequest, Entry, Example, Rows } from './access-types';

export type Headers = Readonly<Record<string, string>>;

export const bearer = (credential: string): Headers => ({ authorization: `Bearer ${credential}` });

/** What a request was answered. */
export interface Answered {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
}

/** Sends a request: text as it stands, any other body as JSON. */
export type Ask = (request: AccessRequest, headers: Headers) => Promise<Answered>;

/** Every route and procedure of the table by name. */
export const entries: readonly (readonly [name: string, entry: Entry])[] = [
	...Object.entries(routes),
	...Object.entries(procedures),
];

export interface Case {
	/** `agents.get by slug` */
	readonly name: string;
	readonly example: Example;
}

export const cases: readonly Case[] = entries.flatMap(([route, entry]) =>
	Object.entries(entry).map(([how, example]) => ({ name: how === '' ? route : `${route} ${how}`, example })),
);

/** The plain way of each route, and each other one that asks for more. */
export const guarded: readonly Case[] = entries.flatMap(([route, entry]) => {
	const seen = new Set<string>();
	return Object.entries(entry).flatMap(([how, example]) => {
		if (seen.has(example.access)) return [];
		seen.add(example.access);
		return [{ name: how === '' ? route : `${route} ${how}`, example }];
	});
});

/** Calls a procedure and answers its output. Throws what it answers in place of one. */
export async function called<Output>(ask: Ask, headers: Headers, path: string, input: unknown): Promise<Output> {
	const request = {
		method: 'POST',
		path: `/trpc/${path}`,
		headers: { 'content-type': 'application/json' },
		body: input,
	};
	const { status, text } = await ask(request, headers);
	if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
	return (JSON.parse(text) as { result: { data: Output } }).result.data;
}

let made = 0;

/** Another text each time, that can stand for any name. */
export const fresh = (): string => {
	made += 1;
	return `fresh-${made}`;
};

export interface Owner {
	readonly organization: Rows['organization'];
	/** Of whoever administers it. */
	readonly headers: Headers;
}

export async function newOrganization(ask: Ask, operator: Headers, slug: string, plan = 'pro'): Promise<Owner> {
	const { id } = await called<{ id: string }>(ask, operator, 'organizations.create', { name: slug, slug, plan });
	return { organization: { id, slug }, headers: { ...operator, 'x-switchyard-organization': id } };
}

/** The address of a provider that takes the place of all real ones. */
export interface Upstream {
	readonly origin: string;
}

/** Has fallbacks of its own in an organization with rows, and in no other. */
const CHAINED = 'openai/gpt-4.1';

export type Field = keyof Rows;

export interface RowsOptions {
	/** Part of every name that is the organization's own. */
	readonly mark: string;
	readonly upstream: Upstream;
}

type Makers = { readonly [F in Exclude<Field, 'organization'>]: () => Promise<Rows[F]> };

function makersOf(ask: Ask, { headers }: Owner, operator: Headers, { mark, upstream }: RowsOptions): Makers {
	const call = <Output>(path: string, input: unknown) => called<Output>(ask, headers, path, input);
	const ours = (kind: string): string => `${mark}-${fresh()}-${kind}`;
	const addProvider = async (provider: string, baseUrl: string) => {
		const name = ours(provider);
		const key = provider !== 'ollama' && { apiKey: `sk-${name}-0123456789` };
		const { id } = await call<{ id: string }>('providers.add', { provider, name, baseUrl, ...key });
		return { id, name };
	};
	const made = async (name: string, path: string, input: object): Promise<string> => {
		await call(path, input);
		return name;
	};
	return {
		async agent() {
			const slug = ours('agent');
			const prompt = { system: `${slug} helps.` };
			const { id } = await call<{ id: string }>('agents.create', { slug, name: slug, model: 'mock/echo', prompt });
			return { id, slug };
		},
		key: async () => (await call<{ id: string }>('gatewayKeys.create', { name: ours('key') })).id,
		token: async () => (await call<{ id: string }>('gatewayKeys.issueToken', { name: ours('token') })).id,
		provider: async () => (await addProvider('openai', `${upstream.origin}/v1`)).id,
		server: async () => (await addProvider('custom', `${upstream.origin}/v1`)).name,
		puller: async () => (await addProvider('ollama', upstream.origin)).name,
		user: () => {
			const userId = ours('user');
			return made(userId, 'memberships.set', { userId, role: 'member', name: userId });
		},
		profile: () => {
			const name = ours('profile');
			return made(name, 'profiles.set', { name, provider: 'mock', model: 'echo' });
		},
		alias: () => {
			const name = ours('alias');
			return made(name, 'aliases.set', { name, target: 'mock/echo' });
		},
		chained: () => made(CHAINED, 'fallbacks.setFor', { model: CHAINED, chain: ['mock/echo'] }),
		model: () => {
			const model = ours('model');
			const declared = { provider: 'openai', model, displayName: model, contextWindow: 8_000 };
			return made(model, 'customModels.set', declared);
		},
		async global() {
			const id = `${fresh()}-global`;
			const setting = { id, provider: 'mock', model: 'echo', displayName: id, category: 'fast' };
			await called(ask, operator, 'globalSettings.create', setting);
			return id;
		},
		spare: async () => (await newOrganization(ask, operator, `${fresh()}-spare`)).organization,
	};
}

/** New rows of the kinds asked for, of every kind where none is; those of an earlier call stay. */
export async function newRows(
	ask: Ask,
	owner: Owner,
	operator: Headers,
	options: RowsOptions,
	kinds?: ReadonlySet<Field>,
): Promise<Rows> {
	const makers = makersOf(ask, owner, operator, options);
	const rows: Record<string, unknown> = { ...NOWHERE, organization: owner.organization };
	for (const [kind, make] of Object.entries(makers)) if (kinds?.has(kind as Field) ?? true) rows[kind] = await make();
	return rows as unknown as Rows;
}

/** Which rows a request names. */
export function fieldsOf({ request }: Example): ReadonlySet<Field> {
	const read = new Set<Field>();
	const recording = new Proxy(NOWHERE, {
		get(rows, field) {
			read.add(field as Field);
			return Reflect.get(rows, field);
		},
	});
	request(recording, 'fresh');
	return read;
}

/** Names of the same form that nothing has. */
export const NOWHERE: Rows = {
	organization: { id: '01j00000000000000000000001', slug: 'nowhere-organization' },
	agent: { id: '01j00000000000000000000002', slug: 'nowhere-agent' },
	key: 'nowhere00000000k',
	token: 'nowhere00000000t',
	provider: '01j00000000000000000000003',
	server: 'nowhere-server',
	puller: 'nowhere-puller',
	user: 'nowhere-user',
	profile: 'nowhere-profile',
	alias: 'nowhere-alias',
	chained: 'openai/gpt-4.1-nano',
	model: 'nowhere-model',
	global: 'nowhere-global',
	spare: { id: '01j00000000000000000000004', slug: 'nowhere-spare' },
};

/** Every name of rows, the longest first, so that none is taken for a part of another. */
export function namesOf(rows: Rows): readonly (readonly [field: string, name: string])[] {
	const names = Object.entries(rows).flatMap(([field, value]) =>
		typeof value === 'string'
			? [[field, value] as const]
			: Object.entries(value as Readonly<Record<string, string>>).map(
					([part, text]) => [`${field}.${part}`, text] as const,
				),
	);
	return names.sort(([, left], [, right]) => right.length - left.length);
}

/** The text with each name as what it is the name of. */
export const anonymous = (text: string, rows: Rows): string =>
	namesOf(rows).reduce((all, [field, name]) => all.replaceAll(name, `<${field}>`), text);
