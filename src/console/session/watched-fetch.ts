/** `fetch` of one session: it hears of what may mean that it is over, and ends with it. The playground's streams too. */
import type { GatewayFailure } from '../../client';
import { refusal } from '../failure/refusal';

interface TypedRefusal {
	readonly error: { readonly data: { readonly gateway: GatewayFailure } };
}

/** Why it was refused; undefined where the answer does not say. */
async function reasonOf(response: Response): Promise<Error | undefined> {
	try {
		const { error } = (await response.json()) as TypedRefusal;
		return refusal(error.data.gateway);
	} catch {
		return undefined;
	}
}

/**
 * `refused` hears of a 401 or 403 of the whole request; those of one call within it come as that call's error. What is
 * under way when the session of `signal` ends is not waited for.
 */
export const watchedFetch =
	(refused: (reason: unknown) => void, signal: () => AbortSignal) =>
	async (url: string, init: RequestInit = {}): Promise<Response> => {
		const ends = init.signal ? [signal(), init.signal] : [signal()];
		const response = await fetch(url, { ...init, signal: AbortSignal.any(ends) });
		if (response.status === 401 || response.status === 403) void reasonOf(response.clone()).then(refused);
		return response;
	};
