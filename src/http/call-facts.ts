/** What the request headers of every inference call say. */
import { invalid } from '../errors';
import { CONTEXT_MODES, type ContextMode } from '../language/context';
import type { HttpContext } from './context';

export interface CallFacts {
	readonly clientRequestId: string | null;
	/** `x-switchyard-agent` */
	readonly agent: string | null;
	/** False: `x-switchyard-fallback: none` */
	readonly fallback: boolean;
	/** `x-switchyard-run` */
	readonly run: string | null;
	/** `x-switchyard-conversation` */
	readonly conversation: string | null;
	/** `x-switchyard-context-mode` */
	readonly contextMode: ContextMode | null;
	/** `x-switchyard-receipt: true` */
	readonly receipt: boolean;
	/** ms since epoch */
	readonly receivedAt: number;
}

const NAME = /^[\x20-\x7e]{1,256}$/;

function fallback(value: string | undefined): boolean {
	if (value === undefined || value === 'default') return true;
	if (value === 'none') return false;
	throw invalid('x-switchyard-fallback', "x-switchyard-fallback: must be 'none', or absent.");
}

function run(value: string | undefined): string | null {
	if (value === undefined || value === '') return null;
	if (NAME.test(value)) return value;
	throw invalid('x-switchyard-run', 'x-switchyard-run: at most 256 visible ASCII characters.');
}

/** An empty one is refused too: conversations that nobody named apart would count as one. */
function conversation(value: string | undefined): string | null {
	if (value === undefined) return null;
	if (NAME.test(value)) return value;
	throw invalid('x-switchyard-conversation', 'x-switchyard-conversation: must be 1 to 256 visible ASCII characters.');
}

/** An empty one is wrong too: it says nothing, where the caller meant to say what may be taken away. */
function contextMode(value: string | undefined): ContextMode | null {
	if (value === undefined) return null;
	const mode = CONTEXT_MODES.find((one) => one === value);
	if (mode) return mode;
	throw invalid('x-switchyard-context-mode', `x-switchyard-context-mode: must be one of ${CONTEXT_MODES.join(', ')}.`);
}

/** Throws `invalid_request` naming the header. */
export function callFacts(c: HttpContext): CallFacts {
	return {
		clientRequestId: c.get('clientRequestId'),
		agent: c.req.header('x-switchyard-agent') || null,
		fallback: fallback(c.req.header('x-switchyard-fallback')),
		run: run(c.req.header('x-switchyard-run')),
		conversation: conversation(c.req.header('x-switchyard-conversation')),
		contextMode: contextMode(c.req.header('x-switchyard-context-mode')),
		receipt: c.req.header('x-switchyard-receipt') === 'true',
		receivedAt: c.get('receivedAt'),
	};
}
