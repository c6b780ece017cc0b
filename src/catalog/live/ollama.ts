/** Ollama: `GET /api/tags` gives names alone, `POST /api/show` the facts of one. */
import { bounded, type LiveModel } from './list';
import { seeing } from './openai';
import { arrayOf, countOf, objectOf, textOf, textsOf, told } from './reading';

export const ollamaModels = (body: unknown): LiveModel[] => bounded(arrayOf(objectOf(body).models).map(taggedOf));

function taggedOf(value: unknown): LiveModel {
	const model = objectOf(value);
	return told<LiveModel>({
		id: textOf(model.name) || textOf(model.model),
		digest: textOf(model.digest) || undefined,
	});
}

/** `model` with what the answer of `/api/show` tells of it. */
export function shownModel(model: LiveModel, body: unknown): LiveModel {
	const shown = objectOf(body);
	const info = objectOf(shown.model_info);
	const able = textsOf(shown.capabilities);
	const embeds = able.includes('embedding') && !able.includes('completion');
	return {
		...model,
		...told<Partial<LiveModel>>({
			contextWindow: windowSet(textOf(shown.parameters)) ?? infoOf(info, 'context_length'),
			...(able.length > 0 && {
				kind: embeds ? 'embedding' : 'chat',
				input: seeing(able.includes('vision')),
				tools: able.includes('tools'),
				reasoning: able.includes('thinking'),
			}),
			dimensions: embeds ? infoOf(info, 'embedding_length') : undefined,
		}),
	};
}

/** `<architecture>.<name>`. */
const infoOf = (info: Readonly<Record<string, unknown>>, name: string): number | undefined =>
	countOf(...Object.entries(info).flatMap(([key, value]) => (key.endsWith(`.${name}`) ? [value] : [])));

/** `num_ctx` of the Modelfile: the window it really runs with. */
const windowSet = (parameters: string): number | undefined =>
	countOf(Number(/^num_ctx\s+(\d{1,9})\s*$/m.exec(parameters)?.[1]));
