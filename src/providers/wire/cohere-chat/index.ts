import type { Wire } from '../../provider';
import { capabilities } from './capabilities';
import { fromError } from './error';
import { toRequest } from './request';
import { fromResponse } from './response';
import { MessageDecoder } from './stream';

export { cohereEmbeddings } from './embed';

/** Cohere's Chat API, version 2. */
export const cohereChat: Wire = {
	id: 'cohere-chat',
	framing: 'sse',
	capabilities,
	toRequest,
	fromResponse,
	decoder: (plan) => new MessageDecoder(plan),
	fromError,
};
