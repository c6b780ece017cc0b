/** `POST /api/pull`: the server downloads a model from its library and tells how far it is, line by line. */
import { GatewayError } from '../../../errors';
import type { Frame, PullDecoder as Puller, PullProgress, WireRequest } from '../../provider';
import { cutShort, upstreamError } from '../failure';
import { isObject, type Json, malformed, numberOf, textOf, tryJson } from '../json';
import { scrub } from '../scrub';

/** Layers counted; models have some ten. */
const MAX_LAYERS = 256;

export const pullRequest = (model: string): Pick<WireRequest, 'path' | 'headers' | 'body'> => ({
	path: '/api/pull',
	headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
	body: JSON.stringify({ model, stream: true }),
});

interface Layer {
	/** Bytes. */
	readonly total: number;
	readonly completed: number;
}

export class PullDecoder implements Puller {
	/** By digest. */
	readonly #layers = new Map<string, Layer>();
	#last: PullProgress | null = null;

	push({ data }: Frame): PullProgress | null {
		const line = tryJson(data);
		if (!isObject(line)) throw malformed('The upstream sent a line that is not a JSON object.');
		if (line.error) throw failureOf(textOf(line.error) ?? '');
		const status = textOf(line.status);
		if (status === undefined || this.#last?.status === 'success') return null;
		this.#count(line);
		const progress = this.#progress(status);
		if (same(progress, this.#last)) return null;
		this.#last = progress;
		return progress;
	}

	/** Throws `upstream_unavailable` where no success was told. */
	end(): void {
		if (this.#last?.status !== 'success') throw cutShort();
	}

	/** `completed` is left out while nothing of a layer is there. */
	#count(line: Json): void {
		const digest = textOf(line.digest);
		const total = numberOf(line.total);
		if (digest === undefined || total === undefined || total <= 0) return;
		if (this.#layers.size >= MAX_LAYERS && !this.#layers.has(digest)) return;
		const completed = Math.min(total, Math.max(0, numberOf(line.completed) ?? 0));
		this.#layers.set(digest, { total, completed });
	}

	#progress(status: string): PullProgress {
		if (this.#layers.size === 0)
			return { status, completed: null, total: null, percent: status === 'success' ? 100 : null };
		let [completed, total] = [0, 0];
		for (const layer of this.#layers.values()) {
			completed += layer.completed;
			total += layer.total;
		}
		if (status === 'success') return { status, completed: total, total, percent: 100 };
		return { status, completed, total, percent: Math.floor((completed / total) * 1000) / 10 };
	}
}

const same = (left: PullProgress, right: PullProgress | null): boolean =>
	left.status === right?.status && left.completed === right.completed && left.total === right.total;

/** The reader runs the server, or rents it: its words tell what to do (a full disk, no way to the library). */
function failureOf(said: string): GatewayError {
	if (/file does not exist|not found/i.test(said)) {
		return upstreamError({ failure: 'model-missing', scope: 'model', status: 404, message: said });
	}
	if (/invalid (?:model )?name/i.test(said)) {
		return upstreamError({ failure: 'bad-request', scope: 'request', status: 400, message: said, param: 'model' });
	}
	return new GatewayError(
		'upstream_unavailable',
		`The server could not pull the model: ${scrub(said) || 'no reason given'}`,
		{
			upstream: { failure: 'server', scope: 'provider', status: 200 },
		},
	);
}
