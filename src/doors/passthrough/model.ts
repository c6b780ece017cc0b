/** Which model a body names that is otherwise not looked into: a JSON member or a form field `model`. */

const textOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function ofJson(body: ArrayBuffer): string | null {
	try {
		const value: unknown = JSON.parse(new TextDecoder().decode(body));
		return typeof value === 'object' && value !== null && 'model' in value ? textOr(value.model) : null;
	} catch {
		return null;
	}
}

async function ofForm(body: ArrayBuffer, contentType: string): Promise<string | null> {
	try {
		const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
		return textOr(form.get('model'));
	} catch {
		return null;
	}
}

/** null: none, or none that can be read. The provider's own name, without the provider. */
export async function modelIn(body: ArrayBuffer | null, contentType: string): Promise<string | null> {
	if (!body) return null;
	if (contentType.includes('json')) return ofJson(body);
	return contentType.startsWith('multipart/form-data') ? ofForm(body, contentType) : null;
}
