/** Which door's shape an error takes: that of the door its path belongs to. */
import type { GatewayError } from '../errors';
import { areaOf } from '../http/area';
import type { HttpContext } from '../http/context';
import { notFoundError } from '../http/not-found';
import { errorHandler } from '../http/on-error';
import { shownRequestId } from '../http/request-id';
import { anthropicErrorResponse } from './anthropic-messages/error';
import { openAiErrorResponse } from './openai-chat/error';
import { problemResponse } from './rest/error';
import { trpcErrorResponse } from './trpc/error';

function rendered(error: GatewayError, c: HttpContext): Response {
	switch (areaOf(c.req.path)) {
		case 'openai':
			return openAiErrorResponse(error);
		case 'anthropic':
			return anthropicErrorResponse(error, shownRequestId(c));
		case 'trpc':
			return trpcErrorResponse(error);
		case 'rest':
		case 'open':
			return problemResponse(error);
	}
}

/** For `app.onError`. */
export const onError = errorHandler(rendered);

/** For `app.notFound`. */
export const notFound = (c: HttpContext): Response => rendered(notFoundError(c), c);
