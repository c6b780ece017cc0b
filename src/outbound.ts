/**
 * The only way out of the Worker: address check, manual redirects, nothing of ours but what a wire made.
 * A Worker can't resolve or pin DNS: names that point at private networks must be closed off by the
 * network's own allow-list.
 */
import { GatewayError } from './errors';
import type { OutboundRequest, Send } from './gateway/ports';

const PRIVATE_SUFFIXES = ['.local', '.internal', '.localhost', '.localdomain', '.home.arpa'];
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Counts passes through gateways of this kind, so that one pointed at itself stops. */
export const HOP_HEADER = 'x-switchyard-hop';
/** Gateways a request may pass; more is a loop. */
const MOST_HOPS = 4;

/** Why a tenant's URL may not be called, in words; null where it may. `ownHost` is where this Worker is served. */
export function refusedAddress(url: string, ownHost: string | null): string | null {
	let parsed: URL;
	try {
		parsed = new URL(url);
	} catch {
		return 'it is not a URL';
	}
	// WHATWG parsing has already turned 0x7f.1, 2130706433 and the like into dotted form.
	const host = parsed.hostname.toLowerCase().replace(/\.$/, '');
	if (parsed.protocol !== 'https:') return 'only https is allowed';
	if (parsed.username !== '' || parsed.password !== '') return 'it holds credentials';
	if (IPV4.test(host) || host.startsWith('[')) return 'IP addresses are not allowed';
	if (host === 'localhost' || !host.includes('.')) return 'the host is not public';
	if (PRIVATE_SUFFIXES.some((suffix) => host.endsWith(suffix))) return 'the host is not public';
	if (ownHost !== null && parsed.host === ownHost) return 'it points back at this gateway';
	return null;
}

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
	return async (request) => {
		if (options.hops >= MOST_HOPS) throw loop();
		checkAddress(request, options);
		const init: RequestInit = {
			method: request.method,
			headers: { ...request.headers, [HOP_HEADER]: String(options.hops + 1) },
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
	if (request.trust === 'operator' || options.allowPrivate) return;
	const refused = refusedAddress(request.url, options.ownHost);
	if (refused !== null)
		throw new GatewayError('invalid_request', `The provider's base URL is refused: ${refused}.`, { param: 'baseUrl' });
}
