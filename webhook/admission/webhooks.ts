/** The admission webhooks that exist once a mode. */
export const WEBHOOKS = ['mutate', 'promotion', 'guard'] as const;
export type WebhookName = (typeof WEBHOOKS)[number];
