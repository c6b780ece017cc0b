/** A provider row as JSON: times as ISO 8601, the version as ETag. */
import type * as z from 'zod';
import type { ProviderView } from '../../services/providers';
import type { providerResponse } from './described/provider-schemas';
import { json } from './serve';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Field by field, so that nothing a service adds leaves unseen. */
export const providerBody = (view: ProviderView): z.infer<(typeof providerResponse)['schema']> => ({
	id: view.id,
	provider: view.provider,
	name: view.name,
	keyLast4: view.keyLast4,
	baseUrl: view.baseUrl,
	config: { ...view.config },
	isActive: view.isActive,
	isDefault: view.isDefault,
	source: view.source,
	refusedAt: iso(view.refusedAt),
	refusedStatus: view.refusedStatus,
	version: view.version,
	createdAt: iso(view.createdAt),
	updatedAt: iso(view.updatedAt),
});

export const providerAnswer = (view: ProviderView, status = 200, headers: Readonly<Record<string, string>> = {}) =>
	json(providerBody(view), { status, headers: { ...headers, etag: `"${view.version}"` } });
