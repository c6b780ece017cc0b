import {
	createGlobalSettingInput,
	globalSettingReference,
	updateGlobalSettingInput,
} from '../services/global-setting-input';
import {
	createGlobalSetting,
	listGlobalSettings,
	removeGlobalSetting,
	setDefaultGlobalSetting,
	updateGlobalSetting,
} from '../services/global-settings';
import { manageProcedure, router } from './init';

/** The operator's; anyone else who manages may read what is in force. */
export const globalSettingsRouter = router({
	list: manageProcedure.query(({ ctx }) => listGlobalSettings(ctx.services)),
	create: manageProcedure
		.input(createGlobalSettingInput)
		.mutation(({ ctx, input }) => createGlobalSetting(ctx.services, input)),
	update: manageProcedure
		.input(updateGlobalSettingInput)
		.mutation(({ ctx, input }) => updateGlobalSetting(ctx.services, input)),
	remove: manageProcedure
		.input(globalSettingReference)
		.mutation(({ ctx, input }) => removeGlobalSetting(ctx.services, input)),
	setDefault: manageProcedure
		.input(globalSettingReference)
		.mutation(({ ctx, input }) => setDefaultGlobalSetting(ctx.services, input)),
});
