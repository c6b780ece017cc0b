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

/** Ends with the connection where that is cut in the middle of an answer. */
export const asker =
	(origin: string): Ask =>
	(asked, more) =>
		new Promise<Answered>((answered, failed) => {
			const { hostname, port } = new URL(origin);
			const { method, path } = asked;
			const text = textOf(asked);
			const headers = { ...asked.headers, ...more };
			const request = httpRequest({ agent, hostname, port, method, path, headers }, (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.once('close', () =>
					answered({
						status: response.statusCode ?? 0,
						headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, single(value)])),
						text: Buffer.concat(chunks).toString('utf8'),
					}),
				);
			});
			request.once('error', failed);
			request.end(text ?? undefined);
		});
