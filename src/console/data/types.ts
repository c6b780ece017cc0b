/** Rows as the typed API answers them. */
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../client';

type Outputs = inferRouterOutputs<AppRouter>;
type Inputs = inferRouterInputs<AppRouter>;

export type Agent = Outputs['agents']['list'][number];
export type CreateAgent = Inputs['agents']['create'];
export type UpdateAgent = Inputs['agents']['update'];
export type GatewayKey = Outputs['gatewayKeys']['list'][number];
export type CreateGatewayKey = Inputs['gatewayKeys']['create'];
export type Organization = Outputs['organizations']['list'][number];
export type CreateOrganization = Inputs['organizations']['create'];
export type UpdateOrganization = Inputs['organizations']['update'];
export type Model = Outputs['models']['list'][number];
