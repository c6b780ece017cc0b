/** Our own shape of a configuration file, strict at every level: a mistyped name is an error with its line. */
import * as z from 'zod';
import { createAgentInput } from '../agent-input';
import { aliasName, chain, profileFields, profileName } from '../configuration-input';
import { contextPolicy } from '../context-input';
import { setCustomModelInput } from '../custom-model-input';
import { modelName, slug } from '../inputs';
import { addProviderInput } from '../provider-input';
import { sharedRoutingPolicy } from '../routing-input';

const { slug: _, ...agentFields } = createAgentInput.shape;

/** By the name of each part of the file. */
export const documentParts = {
	providers: z.array(addProviderInput).max(500),
	customModels: z.array(setCustomModelInput.omit({ version: true })).max(500),
	defaultProfile: slug.nullable(),
	profiles: z.record(profileName, z.strictObject(profileFields)),
	aliases: z.record(aliasName, modelName),
	fallbackChain: chain.nullable(),
	fallbacks: z.record(modelName, chain),
	/** The organization's. */
	routing: sharedRoutingPolicy.nullable(),
	/** The same. */
	context: contextPolicy.nullable(),
	embeddingModel: modelName.nullable(),
	/** By slug; `name` of a new one is its slug where it has none. */
	agents: z.record(slug, z.strictObject({ ...agentFields, name: agentFields.name.exactOptional() })),
} as const;

type Parts = { readonly [K in keyof typeof documentParts]?: z.output<(typeof documentParts)[K]> };

/** What a file says, whatever shape it was written in. What it does not mention stays as it is. */
export type ConfigurationDocument = Parts;

export type ProviderEntry = NonNullable<Parts['providers']>[number];
export type CustomModelEntry = NonNullable<Parts['customModels']>[number];
export type AgentEntry = NonNullable<Parts['agents']>[string];
export type ProfileEntry = NonNullable<Parts['profiles']>[string];
export type SharedRoutingEntry = NonNullable<Parts['routing']>;
export type ContextEntry = NonNullable<Parts['context']>;
export type PriceEntry = NonNullable<CustomModelEntry['prices']>;
