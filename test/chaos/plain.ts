/**
 * A wire of next to nothing and upstreams that speak it: for runs in which what the gateway decides matters, and not how
 * providers spell it. One character says what a line is: `^` begins, `+` text, `.` ends, `!` an error, by its status.
 */
import type { ChatEvent } from '../../src/language/event';
import type { ChatRequest } from '../../src/language/request';
import { usageOf } from '../../src/language/usage';
import { wires } from '../../src/providers';
import type { Decoder, Wire, WireId } from '../../src/providers/provider';
import { cutShort, failureOfStatus, upstreamError } from '../../src/providers/wire/failure';
import { malformed } from '../../src/providers/wire/json';
import { DIALECTS, type Dialect } from './dialects';

const USAGE = usageOf({ input: 12, output: 7 });
const END = ' .';
const data = (line: string): string => `data: ${line}\n\n`;

const inside = (known: boolean): string => (known ? '!503' : '!');

/** In the order of the chain, at the same addresses. */
export const PLAIN_DIALECTS: readonly Dialect[] = DIALECTS.map((dialect) => ({
	...dialect,
	streams: (_url, body) => body.startsWith('stream'),
	whole: (text) => `+${text}${END}`,
	opening: data('^'),
	piece: (text) => data(`+${text}`),
	closing: data('.'),
	error: (status) => `!${status}`,
	inside: (known) => ({ body: inside(known), frames: data(inside(known)) }),
}));

function errorInside(line: string) {
	const status = Number(line.slice(1));
	if (status > 0) return upstreamError({ ...failureOfStatus(status), status, message: '' });
	return upstreamError({ failure: 'server', scope: 'provider', status: 200, message: '', code: 'upstream_malformed' });
}

const unreadable = () => malformed('The upstream sent a line of no kind.');

function decoder(): Decoder {
	let ended = false;
	const last = (event: ChatEvent): ChatEvent => {
		ended = true;
		return event;
	};
	return {
		push({ data: line }) {
			switch (line[0]) {
				case '^':
					return [{ type: 'start', id: 'plain', model: 'plain' }];
				case '+':
					return [{ type: 'text-delta', index: 0, text: line.slice(1) }];
				case '.':
					return [{ type: 'usage', usage: USAGE }, last({ type: 'finish', finish: { kind: 'stop' } })];
				case '!':
					return [last({ type: 'error', error: errorInside(line) })];
				default:
					return [last({ type: 'error', error: unreadable() })];
			}
		},
		end: () => (ended ? [] : [last({ type: 'error', error: cutShort() })]),
	};
}

function questionOf({ messages }: ChatRequest): string {
	const [part] = messages.at(-1)?.content ?? [];
	return typeof part === 'object' && part.type === 'text' ? part.text : '';
}

const plainWire = (id: WireId): Wire => ({
	id,
	framing: 'sse',
	capabilities: wires[id].capabilities,
	toRequest: (request, { stream }) => ({
		path: '/plain',
		headers: {},
		body: `${stream ? 'stream' : 'whole'}: ${questionOf(request)}`,
		warnings: [],
		plan: {},
	}),
	fromResponse(body) {
		if (body.startsWith('!')) throw errorInside(body);
		if (!body.startsWith('+') || !body.endsWith(END)) throw unreadable();
		const text = body.slice(1, -END.length);
		return { id: 'plain', model: 'plain', content: [{ type: 'text', text }], finish: { kind: 'stop' }, usage: USAGE };
	},
	decoder,
	fromError: (status, headers) => upstreamError({ ...failureOfStatus(status), status, message: '', headers }),
});

export const plainWires: Readonly<Record<WireId, Wire>> = {
	...wires,
	'openai-chat': plainWire('openai-chat'),
	'anthropic-messages': plainWire('anthropic-messages'),
	'google-generate': plainWire('google-generate'),
};
