import { setContextInput, setRoutingInput } from '../services/configuration-input';
import { setContext } from '../services/organization-context';
import {
	createOrganizationInput,
	deleteOrganizationInput,
	listOrganizationsInput,
	organizationReference,
	updateOrganizationInput,
} from '../services/organization-input';
import { setRouting } from '../services/organization-routing';
import {
	createOrganization,
	deleteOrganization,
	getOrganization,
	listOrganizations,
	updateOrganization,
} from '../services/organizations';
import { manageProcedure, router } from './init';

export const organizationsRouter = router({
	create: manageProcedure
		.input(createOrganizationInput)
		.mutation(({ ctx, input }) => createOrganization(ctx.services, input)),
	list: manageProcedure.input(listOrganizationsInput).query(({ ctx, input }) => listOrganizations(ctx.services, input)),
	get: manageProcedure.input(organizationReference).query(({ ctx, input }) => getOrganization(ctx.services, input)),
	update: manageProcedure
		.input(updateOrganizationInput)
		.mutation(({ ctx, input }) => updateOrganization(ctx.services, input)),
	/** Of the caller's own. */
	setRouting: manageProcedure.input(setRoutingInput).mutation(({ ctx, input }) => setRouting(ctx.services, input)),
	/** The same. */
	setContext: manageProcedure.input(setContextInput).mutation(({ ctx, input }) => setContext(ctx.services, input)),
	delete: manageProcedure
		.input(deleteOrganizationInput)
		.mutation(({ ctx, input }) => deleteOrganization(ctx.services, input)),
});
