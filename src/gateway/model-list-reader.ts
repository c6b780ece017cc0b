/** Asking a provider for its models: one GET, and what the shape of its list needs besides. */
import { type LiveList, type LiveModel, nextPage, READERS, shownModel } from '../catalog/live';
import { GatewayError } from '../errors';
import type { ModelList, Provider } from '../providers/provider';
import { authorized, type UpstreamRequest } from './authorize';
import type { Credential, Ports } from './ports';
import { discard, readText } from './upstream';

export interface Reading {
	readonly provider: Provider;
	readonly source: ModelList;
	readonly credential: Credential;
	/** The list as it was read before; null: never. */
	readonly before: LiveList | null;
}

type ReaderPorts = Pick<Ports, 'send' | 'time'>;
/** `complete` false: more of the same list follows. */
type Take = (list: LiveList, complete: boolean) => Promise<void>;

/** For all calls of one reading together. */
const TIMEOUT_MS = 15_000;
/** Bytes of one answer. */
const ANSWER_LIMIT = 8 * 1024 * 1024;
const MOST_PAGES = 5;
/** Models whose facts are asked for one by one, and how many at a time. */
const MOST_SHOWN = 64;
const SHOWN_AT_ONCE = 4;

/** Hands over the list, perhaps first without all of its facts. Throws GatewayError. */
export async function readList(reading: Reading, ports: ReaderPorts, take: Take): Promise<void> {
	const controller = new AbortController();
	const stop = ports.time.after(TIMEOUT_MS, () => controller.abort(timeout()));
	const ask = (request: Pick<UpstreamRequest, 'method' | 'url' | 'body'>): Promise<unknown> =>
		answered(request, reading, controller.signal, ports);
	const listOf = (models: readonly LiveModel[]): LiveList => ({
		at: ports.time.now(),
		baseUrl: reading.credential.baseUrl,
		models,
	});
	try {
		if (reading.source.shape !== 'ollama') return await take(listOf(await modelsOf(reading, ask)), true);
		const tagged = withKnown(await modelsOf(reading, ask), reading.before);
		await take(listOf(tagged), false);
		await take(listOf(await shown(tagged, reading.credential.baseUrl, ask)), true);
	} finally {
		stop();
	}
}

type Ask = (request: Pick<UpstreamRequest, 'method' | 'url' | 'body'>) => Promise<unknown>;

async function modelsOf({ source, credential: { baseUrl } }: Reading, ask: Ask): Promise<LiveModel[]> {
	const read = READERS[source.shape];
	if (source.shape === 'lmstudio') {
		// Its own list lies beside the OpenAI root, and says more. Before 0.4 there is none.
		const own = await ask({ method: 'GET', url: `${baseUrl.replace(/\/v1$/, '')}/api/v1/models` }).catch(() => null);
		const models = read(own);
		if (models.length > 0) return models;
	}
	const url = baseUrl + source.path;
	const pages = [await ask({ method: 'GET', url })];
	if (source.shape === 'openrouter')
		for (let next = nextPage(pages[0]); next !== null && pages.length < MOST_PAGES; next = nextPage(pages.at(-1)))
			pages.push(await ask({ method: 'GET', url: (url.split('?')[0] ?? url) + next }));
	return pages.flatMap(read);
}

/** What is known of the same content needs not be asked again. */
function withKnown(models: readonly LiveModel[], before: LiveList | null): readonly LiveModel[] {
	const known = new Map(before?.models.map((model) => [model.id, model]));
	return models.map((model) => {
		const same = known.get(model.id);
		return same && same.digest !== undefined && same.digest === model.digest ? same : model;
	});
}

/** A model that can't be shown stays a name. */
async function shown(models: readonly LiveModel[], baseUrl: string, ask: Ask): Promise<readonly LiveModel[]> {
	const all = [...models];
	const open = all.flatMap((model, at) => (model.contextWindow === undefined ? [at] : [])).slice(0, MOST_SHOWN);
	const next = async (): Promise<void> => {
		for (let at = open.shift(); at !== undefined; at = open.shift()) {
			const model = all[at];
			if (!model) continue;
			const body = JSON.stringify({ model: model.id });
			const answer = await ask({ method: 'POST', url: `${baseUrl}/api/show`, body }).catch(() => null);
			all[at] = shownModel(model, answer);
		}
	};
	await Promise.all(Array.from({ length: SHOWN_AT_ONCE }, next));
	return all;
}

/** The JSON of a 2xx answer. Throws GatewayError. */
async function answered(
	{ method, url, body }: Pick<UpstreamRequest, 'method' | 'url' | 'body'>,
	{ provider, credential }: Reading,
	signal: AbortSignal,
	ports: ReaderPorts,
): Promise<unknown> {
	const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) };
	const request: UpstreamRequest = { method, url, headers, ...(body !== undefined && { body }) };
	const response = await ports.send({
		provider: provider.id,
		...request,
		headers: await authorized(request, { provider, credential }, ports.time),
		signal,
		trust: credential.trust,
	});
	if (!response.ok) {
		await discard(response);
		throw unreadable(`it was answered with ${response.status}`);
	}
	const text = await readText(response, ANSWER_LIMIT, signal, 'refuse');
	try {
		return JSON.parse(text);
	} catch {
		throw unreadable('the answer is not JSON');
	}
}

const unreadable = (why: string): GatewayError =>
	new GatewayError('upstream_malformed', `The provider's model list can't be read: ${why}.`);

const timeout = (): GatewayError =>
	new GatewayError('upstream_timeout', `The provider's model list took longer than ${TIMEOUT_MS} ms.`);
