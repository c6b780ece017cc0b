import {
	createOrganizationInput,
	organizationReference,
	updateOrganizationInput,
} from '../services/organization-input';
import { createOrganization, getOrganization, listOrganizations, updateOrganization } from '../services/organizations';
import { manageProcedure, router } from './init';

export const organizationsRouter = router({
	create: manageProcedure
		.input(createOrganizationInput)
		.mutation(({ ctx, input }) => createOrganization(ctx.services, input)),
	list: manageProcedure.query(({ ctx }) => listOrganizations(ctx.services)),
	get: manageProcedure.input(organizationReference).query(({ ctx, input }) => getOrganization(ctx.services, input)),
	update: manageProcedure
		.input(updateOrganizationInput)
		.mutation(({ ctx, input }) => updateOrganization(ctx.services, input)),
});
