/** Request bodies: read within their limits, counted while they are in work, parsed once. */
import { GatewayError } from '../errors';
import { grow, type Reservation, release, reserve } from './body-budget';
import type { HttpContext, Middleware } from './context';

/** Largest request body, in bytes. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Margin over the total timeout after which a body can't be in work any more (ms). */
const GRACE_MS = 60_000;

const tooLarge = (): GatewayError =>
	new GatewayError('too_large', `The request body exceeds ${MAX_BODY_BYTES} bytes (16 MiB). Send a smaller one.`);

const busy = (): GatewayError =>
	new GatewayError('upstream_unavailable', 'Too many large requests are in work here. Try again in a second.', {
		retryAfterMs: 1_000,
	});

function count(reservation: Reservation, bytes: number, now: number): void {
	if (reservation.bytes + bytes > MAX_BODY_BYTES) throw tooLarge();
	if (!grow(reservation, bytes, now)) throw busy();
}

async function readUnsized(body: ReadableStream<Uint8Array>, reservation: Reservation, now: number): Promise<string> {
	const decoder = new TextDecoder();
	const reader = body.getReader();
	let text = '';
	try {
		for (let read = await reader.read(); !read.done; read = await reader.read()) {
			count(reservation, read.value.byteLength, now);
			text += decoder.decode(read.value, { stream: true });
		}
		return text + decoder.decode();
	} catch (error) {
		await reader.cancel(error).catch(() => undefined);
		throw error;
	}
}

async function readText(c: HttpContext, reservation: Reservation): Promise<string> {
	const { body, headers } = c.req.raw;
	const now = c.get('receivedAt');
	if (!body) return '';
	const declared = Number(headers.get('content-length') ?? Number.NaN);
	if (!Number.isSafeInteger(declared)) return readUnsized(body, reservation, now);
	count(reservation, declared, now);
	const text = await c.req.raw.text();
	if (text.length > declared) count(reservation, text.length - declared, now);
	return text;
}

async function readUnsizedBytes(
	body: ReadableStream<Uint8Array>,
	reservation: Reservation,
	now: number,
): Promise<ArrayBuffer> {
	const counted = body.pipeThrough(
		new TransformStream<Uint8Array, Uint8Array>({
			transform(chunk, controller) {
				count(reservation, chunk.byteLength, now);
				controller.enqueue(chunk);
			},
		}),
	);
	return new Response(counted).arrayBuffer();
}

async function readBytes(c: HttpContext, reservation: Reservation): Promise<ArrayBuffer | null> {
	const { body, headers } = c.req.raw;
	const now = c.get('receivedAt');
	if (!body) return null;
	const declared = Number(headers.get('content-length') ?? Number.NaN);
	if (!Number.isSafeInteger(declared)) return readUnsizedBytes(body, reservation, now);
	count(reservation, declared, now);
	return c.req.raw.arrayBuffer();
}

/** A client that went away while it was sending is no fault of ours. */
const cut = (error: unknown): unknown =>
	error instanceof GatewayError
		? error
		: new GatewayError('aborted', 'The request body was cut off.', { cause: error });

/**
 * Runs `work` with the whole body; it counts as in work until `work` ends, and until whatever it hands to `until`
 * has ended too. Kept alive by `waitUntil`, so that the count is given back although the client has left.
 * Throws `too_large`, `upstream_unavailable` (isolate full, retry after 1 s).
 */
export const withBody = (c: HttpContext, work: Work<string>): Promise<Response> => withRead(c, readText, work);

/** The same for a body of any kind; null: the request has none. */
export const withBytes = (c: HttpContext, work: Work<ArrayBuffer | null>): Promise<Response> =>
	withRead(c, readBytes, work);

type Work<Body> = (body: Body, until: (end: Promise<unknown>) => void) => Promise<Response>;

function withRead<Body>(
	c: HttpContext,
	read: (c: HttpContext, reservation: Reservation) => Promise<Body>,
	work: Work<Body>,
): Promise<Response> {
	const reservation = reserve(c.get('receivedAt') + c.var.composition.settings.time.totalMs + GRACE_MS);
	let end: Promise<unknown> = Promise.resolve();
	const answered = (async () => {
		const body = await read(c, reservation).catch((error: unknown) => {
			throw cut(error);
		});
		return work(body, (later) => {
			end = later;
		});
	})();
	const settled = answered
		.then(() => end)
		.catch(() => undefined)
		.then(() => release(reservation));
	c.executionCtx.waitUntil(settled);
	return answered;
}

/** Largest body that is read only to keep its connection, in bytes. */
const DRAINED_BYTES = 1024 * 1024;

/**
 * Reads what nobody read: a connection whose request was refused with its body still coming is closed by the
 * runtime, and clients that reuse connections meet that as a reset of their next request.
 */
export const drained: Middleware = async (c, next) => {
	await next();
	const { raw } = c.req;
	if (!raw.body || raw.bodyUsed) return;
	const declared = Number(raw.headers.get('content-length') ?? Number.NaN);
	if (declared <= DRAINED_BYTES) await raw.arrayBuffer().catch(() => undefined);
};

/** The body as a JSON object. Throws `invalid_request`. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new GatewayError('invalid_request', 'The request body is not valid JSON.', { cause: error });
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new GatewayError('invalid_request', 'The request body must be a JSON object.');
	return value as Readonly<Record<string, unknown>>;
}
