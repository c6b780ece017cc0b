/** What the access table is written in: for each route who may call it, and what another tenant's names end with. */

/** Least that a credential must be. `any`: valid at all. */
export type Access = 'open' | 'any' | 'inference' | 'manage' | 'owner' | 'operator';

/** What one organization has, each by what requests name it with. Every name holds the organization's mark. */
export interface Rows {
	readonly organization: { readonly id: string; readonly slug: string };
	readonly agent: { readonly id: string; readonly slug: string };
	/** Ids of a gateway key and of a token issued for a page. */
	readonly key: string;
	readonly token: string;
	/** Id of a row of provider `openai`. */
	readonly provider: string;
	/** Name of a row of provider `custom`, which requests name in a provider's place. */
	readonly server: string;
	/** Name of a row of provider `ollama`. */
	readonly puller: string;
	/** `sub` of a member. */
	readonly user: string;
	readonly profile: string;
	readonly alias: string;
	/** `provider/model` that has fallbacks of its own. */
	readonly chained: string;
	/** Model of provider `openai` that the organization declared. */
	readonly model: string;
	/** Id of a global setting, and an organization to delete: the operator's. */
	readonly global: string;
	readonly spare: { readonly id: string; readonly slug: string };
}

export interface AccessRequest {
	readonly method: string;
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	/** The answer is tRPC's stream of JSON lines. */
	readonly streamed?: true;
}

/**
 * What a request ends with that names rows of another tenant. `own`: it names nothing, or only what the caller gives;
 * it acts on the caller's organization and shows nothing of any other. null: nobody of another tenant may call it.
 */
export type Others = 'not_found' | 'model_not_found' | 'invalid_request' | 'own' | null;

export interface Example {
	readonly access: Access;
	/** Names `rows`; what it makes is called `fresh`, which is another text each time. */
	readonly request: (rows: Rows, fresh: string) => AccessRequest;
	readonly others: Others;
	/** What whoever is let in is answered; absent: 200 to 299. */
	readonly answers?: number;
	/** How a session's cookie counts; absent: as a credential in tRPC and REST, and not at all elsewhere. */
	readonly cookie?: 'ignored' | 'unopened';
}

/** Ways to call one route, by how they differ; the first, often '', is the plain one. */
export type Entry = Readonly<Record<string, Example>>;
