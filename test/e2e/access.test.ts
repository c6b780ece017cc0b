import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, comparable, refusalAt, statusOf } from '../support/access-answers';
import {
	ALLOWED,
	AUDIENCE,
	CALLERS,
	type Caller,
	type Credentials,
	credentialsOf,
	JWT_SECRET,
	tokenOf,
} from '../support/access-callers';
import { procedureKinds } from '../support/access-procedures';
import type { AccessRequest, Example, Rows } from '../support/access-types';
import {
	type Answered,
	type Ask,
	anonymous,
	bearer,
	type Case,
	called,
	cases,
	fieldsOf,
	fresh,
	guarded,
	type Headers,
	NOWHERE,
	namesOf,
	newOrganization,
	newRows,
	type Owner,
} from '../support/access-world';
import { asker } from '../support/node/ask';
import { type QuotingUpstream, startQuotingUpstream } from '../support/node/quoting-upstream';
import { type BuiltWorker, eventually, startBuilt } from '../support/node/worker';

const MARK = 'marked';

let upstream: QuotingUpstream;
let worker: BuiltWorker;
let ask: Ask;
let operator: Headers;
/** The organization whose rows the requests name, as its operator. */
let theirs: Owner;
let rows: Rows;
let credentials: Credentials;
/** Administrators of another organization, who name the first one in a header too. */
let strangers: readonly Headers[];
/** Everything that D1 holds, and that without the rows of the strangers' organization. */
let digestSql: string;
let strangersDigestSql: string;

const OTHER = 'other-organization';

/** The query for everything that D1 holds, `besides` the rows of an organization and what it made up. */
async function digestOf(besides: string | null): Promise<string> {
	const columns = await worker.query<{ table: string; column: string }>(
		`select m.name as "table", c.name as "column" from sqlite_master m, pragma_table_info(m.name) c
			where m.type = 'table' and m.name not glob '_*' and m.name not glob 'sqlite_*' order by 1, c.cid`,
	);
	const tables = new Map<string, string[]>();
	for (const { table, column } of columns) tables.set(table, [...(tables.get(table) ?? []), column]);
	const parts = [...tables].map(([table, names]) => {
		const owner = names.includes('organization_id') ? 'organization_id' : 'id';
		const condition = besides === null ? '' : ` where "${owner}" is not '${besides}' and "${owner}" not like 'fresh-%'`;
		const row = names.map((name) => `quote("${name}")`).join(', ');
		return `'${table}', (select json_group_array(json_array(${row})) from "${table}"${condition})`;
	});
	return `select json_object(${parts.join(', ')}) as digest`;
}

async function digest(sql: string): Promise<string> {
	const [row] = await worker.query<{ digest: string }>(sql);
	return row?.digest ?? '';
}

beforeAll(async () => {
	upstream = await startQuotingUpstream();
	worker = await startBuilt({
		JWT_SECRET,
		JWT_AUDIENCE: AUDIENCE,
		OPENAI_API_KEY: 'sk-environment-0123456789',
		OPENAI_BASE_URL: `${upstream.origin}/v1`,
		GROQ_API_KEY: 'gsk-environment-0123456789',
		ALLOW_PRIVATE_UPSTREAMS: 'true',
		LLM_USAGE_FLUSH_MS: '100',
	});
	ask = asker(worker.origin);
	operator = bearer(worker.adminKey);
	theirs = await newOrganization(ask, operator, `${MARK}-organization`);
	rows = await newRows(ask, theirs, operator, { mark: MARK, upstream });
	credentials = await credentialsOf({
		ask,
		operator,
		owner: theirs,
		gone: await newOrganization(ask, operator, 'gone-organization'),
		expire: async (id) => {
			await worker.query('update gateway_keys set expires_at = ? where id = ?', Date.now() - 1_000, id);
		},
	});
	const other = await newOrganization(ask, operator, OTHER);
	const key = { name: 'Access', scopes: ['inference', 'manage'] };
	const made = await called<{ key: string }>(ask, other.headers, 'gatewayKeys.create', key);
	const named = { 'x-switchyard-organization': theirs.organization.id };
	strangers = [
		{ ...bearer(await tokenOf(other.organization.id, 'stranger', { role: 'owner' })), ...named },
		{ ...bearer(made.key), ...named },
	];
	// Each of the calls that credentials were tried with writes a row a moment later.
	await eventually('the usage of every call', async () => {
		const [count] = await worker.query<{ calls: number }>('select count(*) as calls from llm_usage_logs');
		return count?.calls === 5 ? count : null;
	});
	digestSql = await digestOf(null);
	expect(await digest(digestSql)).toContain(rows.agent.id);
	strangersDigestSql = await digestOf(other.organization.id);
});

afterAll(async () => {
	await worker?.stop();
	await upstream?.close();
});

/** As `it.each` takes them, the name first. */
const named = (all: readonly Case[]) => all.map((one) => [one.name, one] as const);

const hasCookies = (path: string): boolean => path.startsWith('/trpc/') || path.startsWith('/api/v1/');

const sample = (example: Example): AccessRequest => example.request(NOWHERE, 'sample');

/** Without asking for a stream, so that the status can still say what happened. */
function plain({ streamed, ...request }: AccessRequest): AccessRequest {
	if (!streamed) return request;
	const { 0: body } = request.body as { readonly 0: unknown };
	return {
		...request,
		path: request.path.replace('?batch=1', ''),
		headers: { 'content-type': 'application/json' },
		body,
	};
}

/** Fails where anything at all is different in D1 afterwards. */
async function untouched<T>(work: () => Promise<T>): Promise<T> {
	const before = await digest(digestSql);
	const result = await work();
	expect(await digest(digestSql)).toBe(before);
	return result;
}

interface Outcome {
	readonly request: AccessRequest;
	readonly status: 401 | 403;
	readonly answer: Answered;
	/** D1 was another afterwards. */
	readonly wrote: boolean;
}

/** Who is to be refused, and how. */
function refusedBy(example: Example): readonly (readonly [caller: Caller, status: 401 | 403])[] {
	const { method, path } = sample(example);
	return CALLERS.flatMap((caller) => {
		const status = caller.refusal(example, method, hasCookies(path));
		return status === null ? [] : ([[caller, status]] as const);
	});
}

/** All of them at once, which is quick; D1 is looked at once for all, and after each of them where it was changed. */
async function refusalsOf(example: Example): Promise<ReadonlyMap<Caller, Outcome>> {
	const before = await digest(digestSql);
	const tried = async (caller: Caller, status: 401 | 403): Promise<Outcome> => {
		const request = plain(example.request(rows, fresh()));
		const answer = await ask(request, caller.headers(credentials, worker.origin));
		return { request, status, answer, wrote: false };
	};
	const all = refusedBy(example);
	const outcomes = await Promise.all(
		all.map(async ([caller, status]) => [caller, await tried(caller, status)] as const),
	);
	if ((await digest(digestSql)) === before) return new Map(outcomes);
	const again = new Map<Caller, Outcome>();
	for (const [caller, status] of all) {
		const held = await digest(digestSql);
		const outcome = await tried(caller, status);
		again.set(caller, { ...outcome, wrote: held !== (await digest(digestSql)) });
	}
	return again;
}

const closed = named(guarded.filter(({ example }) => example.access !== 'open'));

describe('who may not, is refused and changes nothing', () => {
	describe.each(closed)('%s', (name, { example }) => {
		let outcomes: ReadonlyMap<Caller, Outcome>;

		beforeAll(async () => {
			outcomes = await refusalsOf(example);
		});

		it.each(refusedBy(example).map(([caller]) => [`${name} refuses ${caller.name}`, caller] as const))(
			'%s',
			(_, caller) => {
				const outcome = outcomes.get(caller);
				if (!outcome) throw new Error('it was not tried');
				const { request, status, answer, wrote } = outcome;
				const { is, ought } = refusalAt(request.path, status, answer);
				expect({ ...is, wrote }).toEqual({ ...ought, wrote: false });
			},
		);
	});
});

/** The same call with what no reader of it would take, and names that nothing has. */
function senseless(example: Example): AccessRequest {
	const { path, body, ...request } = plain(sample(example));
	const wrong = path.includes('?input=') ? path.replace(/\?input=.*/, '?input=%7B') : path;
	return { ...request, path: wrong, ...(body !== undefined && { body: '{"' }) };
}

describe('who is unknown learns nothing of what was wrong with the request', () => {
	it.each(closed)('%s refuses no key before it reads the request', async (_, { example }) => {
		const request = senseless(example);
		for (const headers of [{}, credentials.revokedKey]) {
			const { is, ought } = refusalAt(request.path, 401, await ask(request, headers));
			expect(is).toEqual(ought);
		}
	});

	it.each([
		['GET', '/v1/nothing'],
		['POST', '/v1/chat/nothing'],
		['DELETE', '/v1/models'],
		['GET', '/v1/messages/nothing'],
		['GET', '/trpc/nothing'],
		['GET', '/trpc/agents.nothing'],
		['POST', '/trpc/agents.list,chat,nothing?batch=1'],
		['PATCH', '/trpc/agents.create'],
		['GET', '/api/v1/nothing'],
		['GET', '/api/v1'],
		['PATCH', '/api/v1/llm-providers'],
		['GET', '/api/v1/openapi.json/nothing'],
		['GET', '/v1//models'],
		['GET', '/v1/./models'],
		['GET', '/v1/providers/openai/../../models'],
		['GET', '/trpc//agents.list'],
		['GET', '/api/v1/llm-providers/'],
		['GET', '/api/v1/%6clm-providers'],
		['GET', '/trpc/%61gents.list'],
	])('%s %s refuses no key', async (method, path) => {
		const answer = await ask({ method, path }, {});
		const { is, ought } = refusalAt(path, 401, answer);
		expect(is).toEqual(ought);
	});

	it.each([
		'/v1',
		'/trpc',
		'/%76%31/models',
		'/V1/models',
		'/%74rpc/agents.list',
		'/TRPC/agents.list',
		'//v1/models',
		'/api/V1/session',
		'/docs/../v1/models',
	])('%s is no way around it', async (path) => {
		const { status, headers } = await ask({ method: 'GET', path }, {});
		const page = headers['content-type']?.startsWith('text/html') ?? false;
		// Static files are sent to the address that they have.
		expect([307, 401, 404, page ? status : 404]).toContain(status);
	});
});

describe('a session can be used by no other page', () => {
	const mutations = named(guarded.filter(({ name }) => procedureKinds[name] === 'mutation'));

	it.each(mutations)('%s is not called by GET or HEAD', async (name, { example }) => {
		const { body } = plain(example.request(rows, fresh()));
		const path = `/trpc/${name}?input=${encodeURIComponent(JSON.stringify(body ?? {}))}`;
		await untouched(async () => {
			for (const method of ['GET', 'HEAD']) {
				const { status, text } = await ask({ method, path }, credentials.session);
				expect([method, method === 'HEAD' || status >= 400]).toEqual([method, true]);
				expect(text).not.toContain('"result"');
			}
		});
	});

	it('a batch is refused call by call, the others being answered', async () => {
		const path = '/trpc/agents.list,globalSettings.list,organizations.list?batch=1';
		const { status, text } = await ask({ method: 'GET', path }, credentials.admin);
		expect(status).toBe(207);
		const answers = JSON.parse(text) as { result?: unknown; error?: { data: { httpStatus: number } } }[];
		expect(answers.map(({ error }) => error?.data.httpStatus ?? 200)).toEqual([200, 200, 403]);
	});

	it('a batch of inference and administration is let in by D1, not by what was known before', async () => {
		const body = { 0: { model: 'mock/echo', messages: [] }, 1: { name: 'Mine' } };
		const headers = { 'content-type': 'application/json' };
		const request = { method: 'POST', path: '/trpc/chat,gatewayKeys.create?batch=1', headers, body };
		for (const caller of [credentials.revokedKey, credentials.revokedToken])
			expect((await untouched(() => ask(request, caller))).status).toBe(401);
		expect((await untouched(() => ask(request, credentials.removedMember))).status).toBe(403);
	});
});

/** By another tenant, first with these names, then with names that nothing has. */
async function bothAnswers({ example }: Case, headers: Headers) {
	const name = fresh();
	const real = await ask(example.request(rows, name), headers);
	const none = await ask(example.request(NOWHERE, name), headers);
	return { real, none };
}

const HIDDEN: Readonly<Record<string, number>> = { not_found: 404, model_not_found: 404, invalid_request: 400 };

/** Names that no other tenant may be told; what the operator made is everybody's, and models have one name for all. */
const secrets = (): readonly string[] => [
	MARK,
	...namesOf(rows).flatMap(([field, name]) => (['global', 'chained'].includes(field) ? [] : [name])),
];

describe('another tenant', () => {
	const hidden = named(cases.filter(({ example }) => example.others !== null && example.others !== 'own'));
	const own = named(cases.filter(({ example }) => example.others === 'own'));

	it.each(hidden)('is told by %s nothing that it is not told of what exists nowhere', async (_, one) => {
		for (const headers of strangers) {
			const { real, none } = await untouched(() => bothAnswers(one, headers));
			const anthropic = one.name.includes('/v1/messages');
			expect([statusOf(real), anthropic ? one.example.others : codeOf(real)]).toEqual([
				HIDDEN[one.example.others ?? ''],
				one.example.others,
			]);
			expect({ ...comparable(real), text: anonymous(comparable(real).text, rows) }).toEqual({
				...comparable(none),
				text: anonymous(comparable(none).text, NOWHERE),
			});
		}
	});

	it.each(own)('is shown by %s nothing of others, and changes nothing of theirs', async (_, { example }) => {
		// A key is nobody's owner.
		for (const headers of example.access === 'owner' ? strangers.slice(0, 1) : strangers) {
			const request = example.request(rows, fresh());
			const before = await digest(strangersDigestSql);
			const { status, text } = await ask(request, headers);
			expect(await digest(strangersDigestSql)).toBe(before);
			if (example.answers === undefined) expect([200, 201, 204]).toContain(status);
			else expect(status).toBe(example.answers);
			const given = JSON.stringify(request);
			const told = secrets().filter((name) => !given.includes(name) && text.includes(name));
			expect(told).toEqual([]);
		}
	});
});

/** Rows of its own for what may use them up. */
async function rowsFor(example: Example): Promise<Rows> {
	const kinds = fieldsOf(example);
	const reads = sample(example).method === 'GET' || example.access === 'inference';
	return reads || kinds.size === 0 ? rows : newRows(ask, theirs, operator, { mark: MARK, upstream }, kinds);
}

describe('who may, is let in', () => {
	const admissions = cases.flatMap(({ name, example }) => {
		const inSession = example.access === 'manage' && hasCookies(sample(example).path);
		const session = [['a session of our own page', 'session']] as const;
		const allowed = [...ALLOWED[example.access], ...(inSession ? session : [])];
		return allowed.map(([who, of]) => [`${name} lets ${who} in`, { example, of }] as const);
	});

	it.each(admissions)('%s', async (_, { example, of }) => {
		const request = example.request(await rowsFor(example), fresh());
		const headers = of === null ? {} : credentials[of];
		const answer = await ask(request, of === 'session' ? { ...headers, origin: worker.origin } : headers);
		const status = statusOf(answer);
		const ought = example.answers ?? (status >= 200 && status < 300 ? status : 200);
		expect([status, status === ought ? '' : answer.text]).toEqual([ought, '']);
	});
});
