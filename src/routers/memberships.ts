import { listMembershipsInput, membershipReference, setMembershipInput } from '../services/membership-input';
import { getMembership, listMemberships, removeMembership, setMembership } from '../services/memberships';
import { manageProcedure, router } from './init';

export const membershipsRouter = router({
	list: manageProcedure.input(listMembershipsInput).query(({ ctx, input }) => listMemberships(ctx.services, input)),
	get: manageProcedure.input(membershipReference).query(({ ctx, input }) => getMembership(ctx.services, input)),
	set: manageProcedure.input(setMembershipInput).mutation(({ ctx, input }) => setMembership(ctx.services, input)),
	remove: manageProcedure
		.input(membershipReference)
		.mutation(({ ctx, input }) => removeMembership(ctx.services, input)),
});
