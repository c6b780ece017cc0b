/** `GET /v1/models` and `/v1/models/{provider}/{model}` (the slash plain or as `%2F`). */
import type { Hono } from 'hono';
import { GatewayError } from '../../errors';
import type { HttpContext, HttpEnv } from '../../http/context';
import { modelBody, modelId } from './response';

const models = (c: HttpContext) => c.var.composition.gateway(c.get('principal')).models();

async function list(c: HttpContext): Promise<Response> {
	return Response.json({ object: 'list', data: (await models(c)).map(modelBody) });
}

async function one(c: HttpContext): Promise<Response> {
	const id = c.req.param('id') ?? '';
	const facts = (await models(c)).find((candidate) => modelId(candidate) === id);
	if (facts) return Response.json(modelBody(facts));
	throw new GatewayError('model_not_found', `No model '${id}' here: GET /v1/models lists them as provider/model.`, {
		param: 'model',
	});
}

export function openAiModels(app: Hono<HttpEnv>): void {
	app.get('/v1/models', list);
	app.get('/v1/models/:id{.+}', one);
}
