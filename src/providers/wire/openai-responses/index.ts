import type { Wire } from '../../provider';
import { fromError } from '../openai-chat/error';
import { capabilities } from './capabilities';
import { counting } from './counting';
import { toRequest } from './request';
import { fromResponse } from './response';
import { responsesDecoder } from './stream';

/** OpenAI Responses, used without its state. */
export const openaiResponses: Wire = {
	id: 'openai-responses',
	framing: 'sse',
	capabilities,
	toRequest,
	fromResponse,
	decoder: responsesDecoder,
	fromError,
	counting,
};
