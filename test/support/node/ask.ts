/** Requests as they are written: over connections of our own, the path being sent as it stands. */
import { Agent, request as httpRequest } from 'node:http';
import type { AccessRequest } from '../access-types';
import type { Answered, Ask } from '../access-world';

const agent = new Agent({ keepAlive: true });

const single = (value: string | string[] | undefined): string =>
	Array.isArray(value) ? value.join(', ') : (value ?? '');

/** A body that is text is sent as it stands, anything else as JSON. */
function textOf({ body }: AccessRequest): string | null {
	if (body === undefined) return null;
	return typeof body === 'string' ? body : JSON.stringify(body);
}

const nothing: Answered = { status: 0, headers: {}, text: '' };

/**
 * Where the connection breaks, what had come until then; status 0 where nothing had. One that was used before may have
 * been closed at the other end meanwhile: then the request is sent once more.
 */
export const asker = (origin: string): Ask => {
	const { hostname, port } = new URL(origin);
	const send: Ask = (asked, more) =>
		new Promise<Answered>((answered) => {
			const { method, path } = asked;
			const headers = { ...asked.headers, ...more };
			const request = httpRequest({ agent, hostname, port, method, path, headers }, (response) => {
				const { statusCode: status = 0, headers: given } = response;
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.once('error', () => undefined);
				response.once('close', () =>
					answered({
						status,
						headers: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, single(value)])),
						text: Buffer.concat(chunks).toString('utf8'),
					}),
				);
			});
			request.once('error', () => answered(request.reusedSocket ? send(asked, more) : nothing));
			request.end(textOf(asked) ?? undefined);
		});
	return send;
};
