/** What the API server answers with, as far as it matters to the caller. */

export const UNAUTHORIZED = 401;
export const FORBIDDEN = 403;
export const NOT_FOUND = 404;
/** Another client wrote in between: the resource version is an older one. Or an object of that name exists already. */
export const CONFLICT = 409;
/** The snapshot behind the pages of a list is gone. */
export const EXPIRED = 410;
/** The object is not valid, or a `test` of a JSON patch failed. */
export const INVALID = 422;
export const TOO_MANY_REQUESTS = 429;
export const UNAVAILABLE = 503;
