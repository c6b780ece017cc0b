import { invalid } from '../../errors';

/**
 * A model's name as segments of a path (`@cf/baai/bge-m3`), each encoded. Throws `invalid_request` for one that would
 * lead elsewhere under the same key.
 */
export function modelPath(model: string): string {
	const segments = model.split('/');
	if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
		throw invalid('model', `model: '${model}' is no name of a model.`);
	return segments.map((segment) => encodeURIComponent(segment).replaceAll('%40', '@')).join('/');
}
