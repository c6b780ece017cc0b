import type { EmbedWire } from '../../provider';
import { fromError } from '../openai-chat/error';
import { toRequest } from './request';
import { fromResponse } from './response';

/** OpenAI embeddings; errors are those of the chat wire. */
export const openaiEmbeddings: EmbedWire = { id: 'openai-embeddings', toRequest, fromResponse, fromError };
