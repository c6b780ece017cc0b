import { invalid } from '../../../errors';

/** Collections a model's name may state itself. */
const COLLECTION = /^(?:models|tunedModels)\//;

/** The model as the API names it: `models/gemini-3.5-flash`. */
export const resourceOf = (model: string): string => (COLLECTION.test(model) ? model : `models/${model}`);

/** `/models/{model}:{method}`. Throws `invalid_request` for what is no name. */
export function pathOf(model: string, method: string): string {
	const [collection = '', ...rest] = resourceOf(model).split('/');
	const name = rest.join('/');
	if (name === '' || name === '.' || name === '..') throw invalid('model', `model: '${model}' is no name of a model.`);
	return `/${collection}/${encodeURIComponent(name)}:${method}`;
}
