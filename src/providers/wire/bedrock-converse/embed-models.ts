/** How each family of embedding models on Bedrock is asked; `/invoke` hands their own bodies through. */
import type { EmbedRequest } from '../../../language/request';
import type { Json } from '../json';

type InputType = NonNullable<EmbedRequest['inputType']>;

export interface EmbedFamily {
	readonly models: RegExp;
	/** It embeds one text a call. */
	readonly single: boolean;
	/** Its vectors differ by what they are for. */
	readonly typed: boolean;
	/** The only length of its vectors; absent: the request may choose. */
	readonly dimensions?: number;
	body(texts: readonly string[], inputType: InputType, dimensions: number | undefined): Json;
}

const COHERE_TYPES: Readonly<Record<InputType, string>> = {
	query: 'search_query',
	document: 'search_document',
	classification: 'classification',
	clustering: 'clustering',
	similarity: 'clustering',
};

const NOVA_PURPOSES: Readonly<Record<InputType, string>> = {
	query: 'GENERIC_RETRIEVAL',
	document: 'GENERIC_INDEX',
	classification: 'CLASSIFICATION',
	clustering: 'CLUSTERING',
	similarity: 'CLUSTERING',
};

const cohere = (texts: readonly string[], inputType: InputType): Json => ({
	texts,
	input_type: COHERE_TYPES[inputType],
	truncate: 'NONE',
	embedding_types: ['float'],
});

const FAMILIES: readonly EmbedFamily[] = [
	{
		models: /\bamazon\.titan-embed-text-v2/,
		single: true,
		typed: false,
		body: ([inputText], _inputType, dimensions) => ({ inputText, ...(dimensions !== undefined && { dimensions }) }),
	},
	{
		models: /\bamazon\.titan-embed-image/,
		single: true,
		typed: false,
		body: ([inputText], _inputType, dimensions) => ({
			inputText,
			...(dimensions !== undefined && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
		}),
	},
	{
		models: /\bamazon\.titan-embed/,
		single: true,
		typed: false,
		dimensions: 1536,
		body: ([inputText]) => ({ inputText }),
	},
	{
		models: /\bcohere\.embed-(?:english|multilingual)-v3/,
		single: false,
		typed: true,
		dimensions: 1024,
		body: cohere,
	},
	{
		models: /\bcohere\.embed/,
		single: false,
		typed: true,
		body: (texts, inputType, dimensions) => ({
			...cohere(texts, inputType),
			...(dimensions !== undefined && { output_dimension: dimensions }),
		}),
	},
	{
		models: /\bamazon\.nova.*embed/,
		single: true,
		typed: true,
		body: ([value], inputType, dimensions) => ({
			taskType: 'SINGLE_EMBEDDING',
			singleEmbeddingParams: {
				embeddingPurpose: NOVA_PURPOSES[inputType],
				...(dimensions !== undefined && { embeddingDimension: dimensions }),
				text: { value, truncationMode: 'NONE' },
			},
		}),
	},
];

/** undefined: a model of no known family. */
export const embedFamilyOf = (model: string): EmbedFamily | undefined =>
	FAMILIES.find(({ models }) => models.test(model));
