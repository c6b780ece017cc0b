/** What the provider routes take: the inputs of the services, the row's id being in the path. */
import * as z from 'zod';
import {
	providerUsageInput,
	rotateProviderInput,
	testProviderInput,
	updateProviderInput,
} from '../../services/provider-input';

export const updateRequest = updateProviderInput.omit({ id: true });
export const rotateRequest = rotateProviderInput.omit({ id: true });
export const testRequest = testProviderInput.omit({ id: true });
export const usageQuery = providerUsageInput.omit({ id: true });
export const removeQuery = z.strictObject({ erase: z.enum(['true', 'false']).exactOptional() });
