/** `fetch` that hears of every answer which may mean that the session is over: the playground's streams included. */
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

/** `refused` hears of a 401 or 403 of the whole request; those of one call within it come as that call's error. */
export const watchedFetch =
	(refused: (reason: unknown) => void) =>
	async (url: string, init?: RequestInit): Promise<Response> => {
		const response = await fetch(url, init);
		if (response.status === 401 || response.status === 403) void reasonOf(response.clone()).then(refused);
		return response;
	};
