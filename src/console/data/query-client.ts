import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { failureOf } from '../failure/refusal';

const MAX_RETRIES = 2;

/** What the gateway refuses it will refuse again; only what it marks retryable, and the network, get another try. */
const mayRetry = (failures: number, thrown: Error): boolean =>
	failures < MAX_RETRIES && (failureOf(thrown)?.retryable ?? true);

/** `refused` hears of answers that may mean that the session is over, or may do less than before. */
export function newQueryClient(refused: (thrown: unknown) => void): QueryClient {
	const onError = (thrown: unknown): void => {
		const code = failureOf(thrown)?.code;
		if (code === 'unauthorized' || code === 'forbidden') refused(thrown);
	};
	return new QueryClient({
		queryCache: new QueryCache({ onError }),
		mutationCache: new MutationCache({ onError }),
		defaultOptions: { queries: { retry: mayRetry, staleTime: 10_000 } },
	});
}
