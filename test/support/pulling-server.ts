/** A server that pulls models as Ollama does, its lines sent when a test says so. */
import { catalog } from '../../src/catalog';
import type { Credential, OutboundRequest, Snapshot } from '../../src/gateway/ports';
import { upstreams } from '../../src/gateway/upstreams';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import { ollama } from '../../src/providers/ollama';
import { type VirtualTime, virtualTime } from './virtual-time';

export const credential = (partial: Partial<Credential> = {}): Credential => ({
	rowId: 'row-1',
	name: 'ollama',
	source: 'organization',
	apiKey: 'key-1',
	baseUrl: 'https://llm.example.org',
	trust: 'tenant',
	config: {},
	...partial,
});

const unused = () => {
	throw new Error('a pull is no call of a model');
};

export interface PullingServer {
	readonly port: ReturnType<typeof upstreams>;
	readonly time: VirtualTime;
	readonly sent: OutboundRequest[];
	/** Sends bytes as one chunk. */
	say(text: string): void;
	close(): void;
	/** The connection breaks. */
	cut(): void;
	/** True once the reader has let go of the body. */
	left(): boolean;
}

/** `answer`: the head in place of a 200 whose body is what `say` says. */
export function pullingServer(
	credentials: readonly Credential[] = [credential()],
	answer?: () => Response,
): PullingServer {
	const time = virtualTime();
	const sent: OutboundRequest[] = [];
	let left = false;
	let body: ReadableStreamDefaultController<Uint8Array> | undefined;
	const stream = new ReadableStream<Uint8Array>({
		start: (controller) => {
			body = controller;
		},
		cancel: () => {
			left = true;
		},
	});
	const snapshot = { credentials: { [ollama.id]: credentials } } as unknown as Snapshot;
	const port = upstreams({
		config: { load: async () => snapshot, reload: async () => snapshot },
		send: async (request) => {
			request.signal.throwIfAborted();
			sent.push(request);
			return answer?.() ?? new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
		},
		time,
		limits: { firstEventMs: 10_000, idleMs: 60_000, totalMs: 600_000, maxAttempts: 3 },
		registry: { provider: findProvider, ids: providerIds, wires, embedWires },
		catalog: catalog(),
		ledger: { open: unused, extend: unused, close: unused, account: unused },
		newId: unused,
		caller: { organizationId: 'o1', keyId: null, version: 1 },
	});
	return {
		port,
		time,
		sent,
		say: (text) => body?.enqueue(new TextEncoder().encode(text)),
		close: () => body?.close(),
		cut: () => body?.error(new TypeError('reset')),
		left: () => left,
	};
}
