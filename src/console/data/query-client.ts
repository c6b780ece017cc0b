import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { asSwitchyardError } from '../../client';

const MAX_RETRIES = 2;

/** What the gateway refuses it will refuse again; only what it marks retryable, and the network, get another try. */
const mayRetry = (failures: number, thrown: Error): boolean =>
	failures < MAX_RETRIES && (asSwitchyardError(thrown)?.retryable ?? true);

/** `expired` hears of the first answer that no longer takes the credential. */
export function newQueryClient(expired: (thrown: unknown) => void): QueryClient {
	const onError = (thrown: unknown): void => {
		if (asSwitchyardError(thrown)?.code === 'unauthorized') expired(thrown);
	};
	return new QueryClient({
		queryCache: new QueryCache({ onError }),
		mutationCache: new MutationCache({ onError }),
		defaultOptions: { queries: { retry: mayRetry, staleTime: 10_000 } },
	});
}
