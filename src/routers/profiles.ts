import { removeProfileInput, setDefaultProfileInput, setProfileInput } from '../services/configuration-input';
import { listProfiles, removeProfile, setDefaultProfile, setProfile } from '../services/profiles';
import { manageProcedure, router } from './init';

export const profilesRouter = router({
	list: manageProcedure.query(({ ctx }) => listProfiles(ctx.services)),
	set: manageProcedure.input(setProfileInput).mutation(({ ctx, input }) => setProfile(ctx.services, input)),
	remove: manageProcedure.input(removeProfileInput).mutation(({ ctx, input }) => removeProfile(ctx.services, input)),
	setDefault: manageProcedure
		.input(setDefaultProfileInput)
		.mutation(({ ctx, input }) => setDefaultProfile(ctx.services, input)),
});
