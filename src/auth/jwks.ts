/**
 * The key set behind `JWT_JWKS_URL`: memory of the isolate, then KV `jwks:<SHA-256 of the URL>` (TTL 24 h), then the
 * identity provider. A copy is used for 10 minutes, and for 24 hours while no newer one can be had. No request waits for
 * the read of another.
 */
import { GatewayError } from '../errors';
import type { Ports, Send, Time } from '../gateway/ports';
import { sha256Hex } from './digest';
import { type EntryStore, readEntry, writeEntry } from './entries';
import { candidates, type KeySet, keptKeySet, type PublicKey, servedKeySet, usableKeys } from './jwk';
import type { TokenHeader } from './jwt';

/** Plain data, meant for module scope. Times are ms since epoch, 0: never. */
export interface KeySetMemory {
	set: KeySet | null;
	/** When the identity provider was last asked. */
	askedAt: number;
	/** When it last failed to answer. */
	failedAt: number;
	readonly imported: WeakMap<PublicKey, CryptoKey>;
}

export const keySetMemory = (): KeySetMemory => ({ set: null, askedAt: 0, failedAt: 0, imported: new WeakMap() });

export interface KeySetPorts {
	readonly url: string;
	readonly memory: KeySetMemory;
	readonly entries: EntryStore;
	readonly send: Send;
	readonly time: Time;
	readonly log: Ports['log'];
}

const FRESH_MS = 10 * 60_000;
const LONGEST_MS = 24 * 3_600_000;
/** The identity provider is asked no more often than this by an isolate that has a copy, whatever tokens say. */
const ASK_EVERY_MS = 30_000;
/** And by one that has none, after a failure. */
const RETRY_MS = 1_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1024;

const unavailable = (cause?: unknown): GatewayError =>
	new GatewayError('upstream_unavailable', 'The keys that tokens are verified with can not be had. Try again.', {
		retryAfterMs: RETRY_MS,
		cause,
	});

async function limitedText(response: Response): Promise<string> {
	if (!response.body) return '';
	const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
	const decoder = new TextDecoder();
	let text = '';
	let bytes = 0;
	for (let read = await reader.read(); !read.done; read = await reader.read()) {
		bytes += read.value.byteLength;
		if (bytes > MAX_BYTES) {
			await reader.cancel();
			throw unavailable(`the key set is larger than ${MAX_BYTES} bytes`);
		}
		text += decoder.decode(read.value, { stream: true });
	}
	return text + decoder.decode();
}

async function served({ url, send }: KeySetPorts, signal: AbortSignal): Promise<KeySet['keys']> {
	const headers = { accept: 'application/jwk-set+json, application/json' };
	const response = await send({ provider: 'jwks', url, method: 'GET', headers, signal, trust: 'operator' });
	if (response.status !== 200) {
		await response.body?.cancel();
		throw unavailable(`status ${response.status}`);
	}
	return servedKeySet.parse(JSON.parse(await limitedText(response))).keys;
}

/** Throws whatever went wrong. */
async function fetched(ports: KeySetPorts): Promise<KeySet> {
	const controller = new AbortController();
	const cancel = ports.time.after(TIMEOUT_MS, () => controller.abort(unavailable('timeout')));
	try {
		return { fetchedAt: ports.time.now(), keys: await served(ports, controller.signal) };
	} finally {
		cancel();
	}
}

const entryName = async (url: string): Promise<string> => `jwks:${await sha256Hex(url)}`;

const isWithin = (set: KeySet, ms: number, now: number): boolean => now - set.fetchedAt < ms;

/** What another isolate left in KV, where it is newer than `copy`. */
async function shared({ url, entries, time }: KeySetPorts, copy: KeySet | null): Promise<KeySet | null> {
	const set = await readEntry(entries, await entryName(url), keptKeySet);
	if (!set || !isWithin(set, LONGEST_MS, time.now())) return copy;
	return copy && copy.fetchedAt >= set.fetchedAt ? copy : set;
}

const mayAsk = ({ memory, time }: KeySetPorts): boolean => time.now() - memory.askedAt >= ASK_EVERY_MS;

async function asked(ports: KeySetPorts, copy: KeySet | null): Promise<KeySet> {
	const { memory, entries, time, log } = ports;
	memory.askedAt = time.now();
	try {
		const set = await fetched(ports);
		memory.set = set;
		writeEntry(entries, entryName(ports.url), set, LONGEST_MS / 1_000);
		return set;
	} catch (thrown) {
		memory.failedAt = time.now();
		const { cause = thrown } = thrown instanceof Error ? thrown : {};
		log('warn', 'jwks-unavailable', { url: ports.url, reason: String(cause), copy: copy !== null });
		if (copy) return copy;
		throw unavailable(thrown);
	}
}

/** Throws `upstream_unavailable` where there is no copy and none can be had. */
async function currentSet(ports: KeySetPorts): Promise<KeySet> {
	const { memory, time } = ports;
	const kept = memory.set && isWithin(memory.set, LONGEST_MS, time.now()) ? memory.set : null;
	if (kept && (isWithin(kept, FRESH_MS, time.now()) || !mayAsk(ports))) return kept;
	if (!kept && time.now() - memory.failedAt < RETRY_MS) throw unavailable();
	const copy = await shared(ports, kept);
	memory.set = copy;
	if (copy && (isWithin(copy, FRESH_MS, time.now()) || !mayAsk(ports))) return copy;
	return asked(ports, copy);
}

/** Keys of the set that may have signed a token of this header. A key that is not in the copy is asked for. */
export async function keysFromSet(header: TokenHeader, ports: KeySetPorts): Promise<CryptoKey[]> {
	const set = await currentSet(ports);
	const found = candidates(set, header);
	const from = found.length > 0 || !mayAsk(ports) ? found : candidates(await asked(ports, set), header);
	return usableKeys(from, header.alg, ports.memory.imported);
}
