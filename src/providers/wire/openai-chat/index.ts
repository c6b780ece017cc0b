import type { Wire } from '../../provider';
import { capabilities } from './capabilities';
import { fromError } from './error';
import { toRequest } from './request';
import { fromResponse } from './response';
import { chatDecoder } from './stream';

/** OpenAI Chat Completions, and everything that speaks it. */
export const openaiChat: Wire = {
	id: 'openai-chat',
	framing: 'sse',
	capabilities,
	toRequest,
	fromResponse,
	decoder: chatDecoder,
	fromError,
};
