import type { EmbedWire } from '../../provider';
import { fromError } from '../openai-chat/error';
import { toRequest } from './request';
import { fromResponse } from './response';

/** The feature-extraction pipeline of Hugging Face's own inference, and of a dedicated endpoint. */
export const huggingfaceEmbeddings: EmbedWire = { id: 'huggingface-embeddings', toRequest, fromResponse, fromError };
