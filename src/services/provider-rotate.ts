/** Another key in a row's place. */
import { invalid } from '../errors';
import { requireManage } from './access';
import type { ServiceContext } from './context';
import { checkedKey, checkedProvider } from './credential-check';
import { changeProvider } from './provider-change';
import type { RotateProvider } from './provider-input';
import { type ProviderView, refuseEnvironment, selectProvider } from './provider-row';
import { credentialWith, probed } from './provider-test';

/**
 * In force on the next request; everything else stays. With `test` a key that fails is refused and the old one stays.
 * Throws `invalid_request` (`apiKey`), `forbidden` (the environment's), `not_found`, `conflict` (`version`).
 */
export async function rotateProvider(
	ctx: ServiceContext,
	{ test, ...input }: RotateProvider,
	signal: AbortSignal | null = null,
): Promise<ProviderView> {
	requireManage(ctx);
	refuseEnvironment(ctx, input.id);
	if (test === true) await refuseDead(ctx, input, signal);
	return changeProvider(ctx, input, 'rotate');
}

async function refuseDead(
	ctx: ServiceContext,
	{ id, apiKey }: Pick<RotateProvider, 'id' | 'apiKey'>,
	signal: AbortSignal | null,
): Promise<void> {
	const row = await selectProvider(ctx, id);
	const provider = checkedProvider(ctx, row.provider);
	const credential = credentialWith(provider, row, checkedKey(provider, apiKey));
	const { error } = await probed(ctx, provider, credential, null, signal);
	if (error) throw invalid('apiKey', `The new key failed its test, the old one stays: ${error.message}`);
}
