import type { EmbedWire } from '../../provider';
import { fromError } from '../openai-chat/error';
import { toRequest } from './request';
import { fromResponse } from './response';

/** Workers AI's own `/run/{model}` for embedding models. */
export const workersAiEmbeddings: EmbedWire = { id: 'workers-ai-embeddings', toRequest, fromResponse, fromError };
