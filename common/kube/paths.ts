/** Which objects of a kind: all, those of a namespace, or one of them. */
export interface Where {
  /** Left out, or null, for all namespaces and for kinds without one. */
  readonly namespace?: string | null;
  /** Left out for the collection. */
  readonly name?: string;
  readonly subresource?: string;
}

/** The path of objects in the API: `/apis/apps/v1/namespaces/shop/deployments/blue/scale`. */
export function resourcePath(
  apiVersion: string,
  plural: string,
  { namespace = null, name, subresource }: Where = {},
): string {
  const parts = [
    ...(namespace === null ? [] : ['namespaces', namespace]),
    plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  const root = apiVersion.includes('/') ? 'apis' : 'api';
  return `/${root}/${apiVersion}/${parts.map(encodeURIComponent).join('/')}`;
}
