/** What every entry of one request repeats, and the abort that follows its caller: the same for all of the path. */
import type { Operation } from '../ledger/contract';
import type { Admitted } from './admit';
import { aborted, type RequestFacts } from './meter';

interface Asking {
	readonly requestId: string;
	readonly clientRequestId: string | null;
}

interface Marks {
	readonly agentId?: string | null;
	readonly user?: string | undefined;
	readonly runId?: string | null | undefined;
	readonly tags?: readonly string[] | undefined;
}

export const requestFacts = (
	{ requestId, clientRequestId }: Asking,
	{ snapshot, unchecked }: Pick<Admitted<unknown>, 'snapshot' | 'unchecked'>,
	operation: Operation,
	{ agentId, user, runId, tags }: Marks,
): RequestFacts => ({
	requestId,
	clientRequestId,
	organizationId: snapshot.organization.id,
	keyId: snapshot.caller.keyId,
	issuerKeyId: snapshot.caller.issuer?.keyId ?? null,
	agentId: agentId ?? null,
	user: user ?? null,
	runId: runId ?? null,
	tags: tags ?? [],
	configVersion: snapshot.version,
	operation,
	source: unchecked ? 'direct' : 'ledger',
});

/** Aborts with the caller's leave, at once where it has left already. */
export function following(signal: AbortSignal | null): AbortController {
	const controller = new AbortController();
	if (signal?.aborted) controller.abort(aborted());
	else signal?.addEventListener('abort', () => controller.abort(aborted()), { once: true });
	return controller;
}
