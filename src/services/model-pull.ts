/** Fetching a model onto a server that can do so itself (Ollama). */
import * as z from 'zod';
import { GatewayError, invalid } from '../errors';
import type { Credential } from '../gateway/ports';
import { requireManage, requireOperator } from './access';
import type { ServiceContext } from './context';
import { modelName, name } from './inputs';

export const pullModelInput = z.strictObject({
	provider: z.string().min(1).default('ollama'),
	/** Of the row, where the organization has several servers; absent: the preferred one. */
	name: name.exactOptional(),
	/** As the server's library names it, e.g. `llama3.2:3b`. */
	model: modelName,
});

export type PullModelInput = z.output<typeof pullModelInput>;

/** Bytes over all layers begun so far; percent 0 to 100, one decimal. null: not said yet. */
export interface ModelPullProgress {
	readonly status: string;
	readonly completed: number | null;
	readonly total: number | null;
	readonly percent: number | null;
}

/**
 * Yields how far the server is, ends once it has the model, and throws what keeps it from that: `not_found` (no such
 * server here), `model_not_found` (its library has no such model), `upstream_unavailable`. A server whose address the
 * organization did not give is everybody's: only the operator fills its disk. Leaving ends the call; what was fetched
 * stays there.
 */
export async function* pullModel(
	ctx: ServiceContext,
	input: PullModelInput,
	signal: AbortSignal | null,
): AsyncGenerator<ModelPullProgress, void, void> {
	requireManage(ctx);
	const provider = ctx.registry.provider(input.provider);
	if (!provider) throw invalid('provider', `There is no provider '${input.provider}'.`);
	const wire = ctx.registry.wires[provider.wire];
	if (!provider.pulling || !wire.pulling) throw invalid('provider', `Provider '${provider.id}' pulls no models.`);
	const credential = await serverOf(ctx, input);
	if (credential.trust === 'operator') requireOperator(ctx);
	const decoder = wire.pulling.decoder();
	const request = wire.pulling.toRequest(input.model);
	for await (const frames of ctx.upstreams.frames({ provider, credential, wire, request, signal })) {
		// A server tells of every few milliseconds: of what came at once only the last of each step is worth a line.
		let last: ModelPullProgress | null = null;
		for (const frame of frames) {
			const progress = decoder.push(frame);
			if (progress && last && progress.status !== last.status) yield last;
			last = progress ?? last;
		}
		if (last) yield last;
	}
	decoder.end();
}

async function serverOf(ctx: ServiceContext, { provider, name: row }: PullModelInput): Promise<Credential> {
	const servers = await ctx.upstreams.credentials(provider);
	const server = row === undefined ? servers[0] : servers.find((one) => one.name === row);
	if (server) return server;
	const named = row === undefined ? '' : ` named '${row}'`;
	throw new GatewayError('not_found', `There is no server of provider '${provider}'${named} here.`, {
		param: row === undefined ? 'provider' : 'name',
	});
}
