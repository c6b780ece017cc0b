/** Liveness and readiness, as the health door answers them. */
import * as z from 'zod';
import { described } from '../operation';

const liveness = z.object({ status: z.literal('ok') });

const part = z.enum(['ok', 'failed']);
const readiness = z.object({
	status: part,
	failed: z.array(z.string()).describe('Parts that did not answer.'),
	parts: z.object({ d1: part, kv: part, ledger: part, health: part }),
});

const NO_ERRORS = { shape: 'problem', statuses: [] } as const;

export const healthOperations = [
	described({
		id: 'getLiveness',
		method: 'get',
		path: '/healthz',
		tag: 'Health',
		summary: 'Is it running?',
		access: 'none',
		answers: { 200: { description: 'It is.', body: { name: 'LivenessResponse', schema: liveness } } },
		errors: NO_ERRORS,
	}),
	described({
		id: 'getReadiness',
		method: 'get',
		path: '/readyz',
		tag: 'Health',
		summary: 'Can it serve requests?',
		description: 'Asks the database, the key-value store and both kinds of Durable Object.',
		access: 'none',
		answers: {
			200: { description: 'Every part answers.', body: { name: 'ReadinessResponse', schema: readiness } },
			503: { description: 'A part does not.', body: { name: 'ReadinessResponse', schema: readiness } },
		},
		errors: NO_ERRORS,
	}),
];
