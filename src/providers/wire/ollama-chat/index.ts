import type { Wire } from '../../provider';
import { capabilities } from './capabilities';
import { fromError } from './error';
import { PullDecoder, pullRequest } from './pull';
import { toRequest } from './request';
import { fromResponse } from './response';
import { ChatDecoder } from './stream';

export { ollamaEmbeddings } from './embed';

/** Ollama's own API, on one's own machine or at ollama.com. */
export const ollamaChat: Wire = {
	id: 'ollama-chat',
	framing: 'ndjson',
	capabilities,
	toRequest,
	fromResponse,
	decoder: () => new ChatDecoder(),
	fromError,
	pulling: { toRequest: pullRequest, decoder: () => new PullDecoder() },
};
