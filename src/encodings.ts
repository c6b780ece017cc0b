/**
 * Encodings, loaded on first need: once per isolate, from a static asset. Who comes while another loads looks again every
 * few milliseconds, since a promise of one request must not be waited for by another. A failure is logged, and lengths
 * alone decide until the next try.
 */
import { GatewayError } from './errors';
import type { Ports } from './gateway/ports';
import { encodingOf } from './planner/bpe';
import type { Encoding, EncodingName, EncodingPort } from './planner/encoding';
import { readRanks } from './planner/ranks';
import { sleep } from './wait';

interface Slot {
	encoding: Encoding | null;
	/** ms since epoch until which somebody is taken to be loading it. */
	busyUntil: number;
	/** ms since epoch before which it is not tried again. */
	retryAt: number;
}

/** Plain data, made once per isolate. */
export type EncodingMemory = Record<EncodingName, Slot>;

export interface EncodingDependencies extends Pick<Ports, 'time' | 'defer' | 'log'> {
	readonly memory: EncodingMemory;
	/** Answers any path it does not know with the console's page. */
	readonly assets: { fetch(url: string): Promise<Response> };
}

/** Who takes longer is taken to be gone, and the next one loads it. */
const LOADING_MS = 1_500;
const PATIENCE_MS = 3_000;
const RETRY_MS = 10_000;
const LOOK_AGAIN_MS = 4;

const empty = (): Slot => ({ encoding: null, busyUntil: 0, retryAt: 0 });

export const encodingMemory = (): EncodingMemory => ({ o200k_base: empty(), cl100k_base: empty() });

export function encodings({ memory, assets, time, defer, log }: EncodingDependencies): EncodingPort {
	/** Throws where there is no such file, or another. */
	async function read(name: EncodingName): Promise<Encoding> {
		const response = await assets.fetch(`https://assets.internal/ranks/${name}.bin`);
		if (response.ok) return encodingOf(readRanks(await response.arrayBuffer(), name));
		await response.body?.cancel();
		throw new GatewayError('internal', `The ranks of ${name} can't be had: status ${response.status}.`);
	}

	function failed(name: EncodingName, error: unknown): void {
		const slot = memory[name];
		if (slot.encoding || time.now() < slot.retryAt) return;
		slot.retryAt = time.now() + RETRY_MS;
		log('error', 'encoding-load-failed', { encoding: name, error });
	}

	async function fill(name: EncodingName): Promise<void> {
		const slot = memory[name];
		try {
			slot.encoding = await read(name);
		} catch (error) {
			failed(name, error);
		}
		slot.busyUntil = 0;
	}

	async function load(name: EncodingName): Promise<Encoding | null> {
		const slot = memory[name];
		const giveUpAt = time.now() + PATIENCE_MS;
		while (!slot.encoding && time.now() >= slot.retryAt) {
			if (time.now() >= giveUpAt) failed(name, `not there after ${PATIENCE_MS} ms`);
			else if (time.now() >= slot.busyUntil) {
				slot.busyUntil = time.now() + LOADING_MS;
				defer(fill(name));
			}
			await sleep(time, LOOK_AGAIN_MS);
		}
		return slot.encoding;
	}

	return { load };
}
