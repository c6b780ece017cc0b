/** The configuration as a request would meet it, and where each part of it comes from. */
import * as z from 'zod';
import { principalOfKey } from '../auth/key-row';
import type { OpenedKeys } from '../config/credentials';
import type { Explained } from '../config/decided';
import { explain as explained, type Policy } from '../config/explain';
import { type Read, readConfiguration } from '../config/load';
import type { ConfigurationRows } from '../config/rows';
import type { Caller } from '../gateway/ports';
import type { Warning } from '../language/request';
import { sealHost } from '../vault/seal';
import { notFound, requireManage } from './access';
import type { ServiceContext } from './context';
import { contextMode } from './context-input';
import { modelName, modelSettings, slug } from './inputs';
import { usdOf } from './usd';

/** A request as far as the configuration decides about it. Everything absent: one that leaves all to it. */
export const explainInput = z
	.strictObject({
		/** Slug; `model: agent:<slug>` does the same. */
		agent: slug.exactOptional(),
		model: modelName.exactOptional(),
		models: z.array(modelName).max(8, 'A request has at most 8 models.').exactOptional(),
		kind: z.enum(['chat', 'embedding']).exactOptional(),
		/** What the request sets itself. */
		settings: modelSettings.omit({ timeoutMs: true }).exactOptional(),
		/** What it says of a conversation that does not fit. */
		context: z.strictObject({ mode: contextMode.exactOptional() }).exactOptional(),
		/** False: as with `x-switchyard-fallback: none`. */
		fallback: z.boolean().exactOptional(),
		strict: z.boolean().exactOptional(),
		/** Id of the gateway key that asks; absent: whoever calls this. */
		key: z.string().min(1).max(64).exactOptional(),
	})
	.optional();

export type ExplainInput = z.infer<typeof explainInput>;

const OPENED = 'opened';

/** Which keys can be opened: the keys themselves go no further than this. */
async function openable(ctx: ServiceContext, { organization, providers }: ConfigurationRows): Promise<OpenedKeys> {
	const tried = providers.map(async ({ id, provider, baseUrl, sealedApiKey }) => {
		if (sealedApiKey === null) return [id, null] as const;
		const scope = { organizationId: organization.id, provider, host: sealHost(baseUrl), rowId: id };
		const opened = await ctx.vault.open(scope, sealedApiKey).then(
			() => OPENED,
			() => null,
		);
		return [id, opened] as const;
	});
	return new Map(await Promise.all(tried));
}

/** Throws `not_found` for another organization's key too. */
function callerOf(ctx: ServiceContext, id: string | undefined, key: Read['key']): Caller {
	if (id === undefined) return ctx.principal;
	if (key?.organizationId !== ctx.principal.organizationId) throw notFound('gateway key', id);
	return principalOfKey(key, key.secretHash);
}

function keyWarnings(ctx: ServiceContext, id: string | undefined, key: Read['key']): readonly Warning[] {
	if (id === undefined || !key) return [];
	if (key.revokedAt !== null) return [{ field: 'key', message: `The key '${id}' is revoked: it opens nothing.` }];
	const expired = key.expiresAt !== null && key.expiresAt <= ctx.now();
	return expired ? [{ field: 'key', message: `The key '${id}' has expired: it opens nothing.` }] : [];
}

const usd = (nano: bigint | null): string | null => (nano === null ? null : usdOf(nano));

const inUsd = ({ value, origin, layers }: Explained<bigint | null>): Explained<string | null> => ({
	value: usd(value),
	origin,
	layers: layers.map((heard) => ({ ...heard, value: usd(heard.value) })),
});

const keyLimits = (limits: NonNullable<Policy['limits']>) => ({
	requestsPerMinute: limits.requestsPerMinute,
	requestsPerDay: limits.requestsPerDay,
	/** Decimal USD; null: no budget. */
	budgetDayUsd: usd(limits.budgetDayNanoUsd),
	budgetMonthUsd: usd(limits.budgetMonthNanoUsd),
	budgetTotalUsd: usd(limits.budgetTotalNanoUsd),
});

/** Reads D1, never a cache. Throws `forbidden`, and `not_found` for an unknown agent or key. */
export async function explainConfiguration(ctx: ServiceContext, input: ExplainInput) {
	requireManage(ctx);
	const { agent, model, models, kind = 'chat', settings = {}, context, fallback = true, strict = false } = input ?? {};
	const id = input?.key;
	const named = model?.startsWith('agent:') ? model.slice('agent:'.length) : null;
	const agentSlug = agent ?? named;
	const { organizationId } = ctx.principal;
	const read = await readConfiguration(ctx.db, { organizationId, keyId: id ?? null, userId: null, agentSlug });
	if (!read.rows) throw notFound('organization', organizationId);
	const caller = callerOf(ctx, id, read.key);
	if (agentSlug !== null && !read.rows.agent) throw notFound('agent', agentSlug);
	const { limits, policy, warnings, ...explanation } = explained({
		rows: read.rows,
		keys: await openable(ctx, read.rows),
		environment: ctx.environment,
		catalog: ctx.catalog,
		registry: ctx.registry,
		caller,
		request: { kind, model, models, agent: agent ?? null, fallback, strict, settings, ...(context && { context }) },
	});
	return {
		...explanation,
		limits: {
			requestsPerMinute: limits.requestsPerMinute,
			requestsPerDay: limits.requestsPerDay,
			/** Decimal USD; null: no budget. */
			budgetDayUsd: inUsd(limits.budgetDayNanoUsd),
			budgetMonthUsd: inUsd(limits.budgetMonthNanoUsd),
		},
		/** What the credential that asks lets through; `limits` null: it has none of its own. */
		policy: { ...policy, limits: policy.limits && keyLimits(policy.limits) },
		warnings: [...keyWarnings(ctx, id, read.key), ...warnings],
	};
}
