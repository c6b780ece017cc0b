/** The only way out of the Worker: address check, manual redirects, nothing of ours but what a wire made. */
import { refusedAddress } from './address';
import { GatewayError } from './errors';
import type { OutboundRequest, Send } from './gateway/ports';

export { refusedAddress } from './address';

/** Counts passes through gateways of this kind, so that one pointed at itself stops. */
export const HOP_HEADER = 'x-switchyard-hop';
/** Gateways a request may pass; more is a loop. */
const MOST_HOPS = 4;

export interface OutboundOptions {
	/** `ALLOW_PRIVATE_UPSTREAMS` */
	readonly allowPrivate: boolean;
	/** Host this Worker is served at; null outside a request. */
	readonly ownHost: string | null;
	/** Passes through gateways before this one. */
	readonly hops: number;
}

/** `Send` for real. Throws GatewayError: `invalid_request` (refused address), `upstream_unavailable` (network). */
export function outbound(options: OutboundOptions): Send {
	// The header is the caller's: a count below zero would let a loop run on.
	const hops = Math.max(0, options.hops);
	return async (request) => {
		if (hops >= MOST_HOPS) throw loop();
		checkAddress(request, options);
		const init: RequestInit = {
			method: request.method,
			headers: { ...request.headers, [HOP_HEADER]: String(hops + 1) },
			redirect: 'manual',
			signal: request.signal,
		};
		if (request.body !== undefined) init.body = request.body;
		try {
			return await fetch(request.url, init);
		} catch (cause) {
			if (request.signal.aborted) throw request.signal.reason;
			throw new GatewayError('upstream_unavailable', 'The upstream could not be reached.', {
				upstream: { failure: 'network', scope: 'provider' },
				cause,
			});
		}
	};
}

const loop = (): GatewayError =>
	new GatewayError('invalid_request', 'This request has passed too many gateways: a base URL leads in a circle.', {
		param: 'baseUrl',
	});

function checkAddress(request: OutboundRequest, options: OutboundOptions): void {
	if (request.trust === 'operator') return;
	const refused = refusedAddress(request.url, options.ownHost, options.allowPrivate);
	if (refused !== null)
		throw new GatewayError('invalid_request', `The provider's base URL is refused: ${refused}.`, { param: 'baseUrl' });
}
