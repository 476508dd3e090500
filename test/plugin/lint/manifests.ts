// Manifests of releases.

export const GOOD = `# a comment
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata: {name: shop, namespace: demo}
spec:
  weighted:
    services:
      - {name: shop-blue, port: 80}
      - {name: shop-green, port: 80}
`;

export const BAD = GOOD.replace('shop-blue, port: 80', 'shop-blue, port: 80, weight: 60').replace(
  'shop-green, port: 80',
  'shop-green, port: 80, weight: 30',
);

export const OTHER = `apiVersion: v1
kind: ConfigMap
metadata: {name: x}
`;
