/** Every way in, mounted on one app. */
import type { Hono } from 'hono';
import { authenticate } from '../http/auth';
import { drained } from '../http/body';
import type { HttpEnv } from '../http/context';
import { cors } from '../http/cors';
import { thrownAsErrors } from '../http/on-error';
import { requestId } from '../http/request-id';
import { anthropicMessages } from './anthropic-messages/route';
import { notFound, onError } from './errors';
import { health } from './health/route';
import { openAiChat } from './openai-chat/route';
import { openAiEmbeddings } from './openai-embeddings/route';
import { openAiModels } from './openai-models/route';
import { openAiResponses } from './openai-responses/route';
import { passthrough } from './passthrough/route';
import { rest } from './rest/route';
import { session } from './session/route';
import { trpc } from './trpc/route';

/**
 * Mounts the middleware in its order, the doors, and what answers where none of them does. Before it, a
 * middleware of the app must have set `composition`.
 */
export function mountDoors(app: Hono<HttpEnv>): void {
	app.use(drained);
	app.use(cors);
	app.use(requestId);
	app.use(thrownAsErrors);
	app.use(authenticate);
	health(app);
	openAiChat(app);
	openAiEmbeddings(app);
	anthropicMessages(app);
	openAiModels(app);
	openAiResponses(app);
	passthrough(app);
	session(app);
	trpc(app);
	rest(app);
	app.notFound(notFound);
	app.onError(onError);
}
