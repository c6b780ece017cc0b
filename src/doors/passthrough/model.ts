/** Which model a request names that is otherwise not looked into: its path, a JSON member or a form field `model`. */

/** Google's `/models/<model>:<method>`, Workers AI's `/run/<model>`, Bedrock's `/model/<id>/…`, Azure's deployments. */
const IN_PATH = [
	/\/(?:models|tunedModels)\/([^/]+):[^/:]+$/,
	/\/run\/(.+)$/,
	/\/(?:model|deployments|engines)\/([^/]+)\//,
];

const textOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function decoded(text: string): string | null {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}

/** A server may read `models`, or `Model`, in place of `model`: then it is not sure which one answers. */
function ofJson(body: ArrayBuffer): string | null {
	try {
		const value: unknown = JSON.parse(new TextDecoder().decode(body));
		if (typeof value !== 'object' || value === null || !('model' in value)) return null;
		const rivals = Object.keys(value).filter((field) => /^models?$/i.test(field));
		return rivals.length === 1 ? textOr(value.model) : null;
	} catch {
		return null;
	}
}

async function ofForm(body: ArrayBuffer, contentType: string): Promise<string | null> {
	try {
		const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
		const models = form.getAll('model');
		return models.length === 1 ? textOr(models[0]) : null;
	} catch {
		return null;
	}
}

/** null: none, or none that can be read for sure. The provider's own name, without the provider. */
export async function modelIn(path: string, body: ArrayBuffer | null, contentType: string): Promise<string | null> {
	for (const pattern of IN_PATH) {
		const named = pattern.exec(path)?.[1];
		if (named !== undefined) return decoded(named);
	}
	if (!body) return null;
	if (contentType.includes('json')) return ofJson(body);
	return contentType.startsWith('multipart/form-data') ? ofForm(body, contentType) : null;
}
