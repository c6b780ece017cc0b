/** What goes over the mock's wire: canonical requests one way, canonical events as JSON the other. */
import type { ChatEvent } from '../../../language/event';
import type { ChatRequest } from '../../../language/request';
import type { Usage } from '../../../language/usage';

/** `POST /chat`: the canonical request without what only the gateway reads. */
export type MockChat = Omit<ChatRequest, 'model' | 'models' | 'tags' | 'runId' | 'strict' | 'providerOptions'> & {
	readonly model: string;
	readonly stream: boolean;
};

/** The body of a refusal, and an error inside an answer; there `status` is the one it would have had. */
export interface MockError {
	readonly status?: number;
	readonly message: string;
}

/** An SSE event's data; a whole answer is `{"events":[…]}` of the same. Usage holds token counts only. */
export type MockEvent =
	| Exclude<ChatEvent, { type: 'error' } | { type: 'usage' }>
	| { readonly type: 'usage'; readonly usage: Partial<Omit<Usage, 'reportedNanoUsd'>> }
	| { readonly type: 'error'; readonly error: MockError };

/** `POST /embeddings`. */
export interface MockEmbed {
	readonly model: string;
	readonly input: readonly string[] | readonly (readonly number[])[];
	readonly dimensions?: number;
}

/** Its answer; `usage.input` in tokens. */
export interface MockEmbeddings {
	readonly model: string;
	readonly embeddings: readonly (readonly number[])[];
	readonly usage: { readonly input: number };
}
