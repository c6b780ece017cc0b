/** Every route that is described, whoever answers it. */
import type { Operation } from '../operation';
import { descriptionOperations } from './description';
import { healthOperations } from './health';
import { inferenceOperations } from './inference';
import { keyOperations } from './key';
import { modelOperations } from './models';
import { providerOperations } from './providers';
import { sessionOperations } from './session';

/** In the document's order. */
export const OPERATIONS: readonly Operation[] = [
	...providerOperations,
	...keyOperations,
	...sessionOperations,
	...inferenceOperations,
	...modelOperations,
	...healthOperations,
	...descriptionOperations,
];
