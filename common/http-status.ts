/** What the API server answers with, as far as it matters to the caller. */

export const FORBIDDEN = 403;
export const NOT_FOUND = 404;
/** Another client wrote in between: the resource version is an older one. */
export const CONFLICT = 409;
/** The object is not valid, or a `test` of a JSON patch failed. */
export const INVALID = 422;
